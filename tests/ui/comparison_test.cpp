// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/comparison/comparison_actions.h"
#include "ui/comparison/comparison_model.h"
#include "ui/comparison/comparison_panel.h"
#include "ui/support/measuring_desk.h"
#include "ui/support/widget_walk.h"

#include <QAbstractItemModelTester>
#include <QSpinBox>
#include <QTest>
#include <QTreeView>

#include <memory>

using namespace lipsync;
using namespace lipsync::ui;
using namespace lipsync::ui::action_id;

namespace {

StrategyFigures figuresOf(const std::string& strategy, double framesPerSecond, double p99Ms)
{
    StrategyFigures row;
    row.strategy = strategy;
    row.plan = test::planWith(strategy == "serial" ? 1 : 2, 4);
    row.figures.framesPerSecond = framesPerSecond;
    row.figures.p50Ms = p99Ms / 2;
    row.figures.p99Ms = p99Ms;
    row.figures.memoryMb = 600;
    row.figures.deviceUse = 0.97;
    return row;
}

StrategyFigures missing(const std::string& strategy, const std::string& note)
{
    StrategyFigures row;
    row.strategy = strategy;
    row.note = note;
    return row;
}

/// The comparison dock over a fake engine.
struct Desk : test::MeasuringDesk {
    ComparisonModel model{bridge};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::QtTest};
    std::unique_ptr<ComparisonPanel> panel;

    Desk()
    {
        addComparisonActions(actions);
        panel = std::make_unique<ComparisonPanel>(model, concurrency, actions);
        model.setAvatar("anna.avatar");
    }
    auto& record() { return *engine.comparisons.back(); }
    void compare()
    {
        action(kCompare)->trigger();
        test::fromAnotherThread([&] {
            record().events.finished(std::vector{figuresOf("serial", 20, 30), figuresOf("adaptive", 50, 60),
                                                 missing("multi_device", "There is only one device.")});
        });
        QTRY_COMPARE(model.rowCount(), 3);
    }
    QVariant at(int row, int column, int role = Qt::DisplayRole) const { return model.index(row, column).data(role); }
    QTreeView* table() const { return panel->findChild<QTreeView*>(QStringLiteral("comparisonTable")); }
    QString shown(const char* look) const { return MeasuringDesk::shown(*panel, look); }
};

} // namespace

/// The comparison of the ways to serve.
class ComparisonTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutAnAvatarNothingIsCompared()
    {
        Desk desk;
        desk.model.setAvatar({});
        QVERIFY(!desk.action(kCompare)->isEnabled());
        desk.model.start();
        QVERIFY(desk.engine.comparisons.empty());
    }

    void theComparisonIsAskedForAsSet()
    {
        Desk desk;
        desk.panel->findChild<QSpinBox*>(QStringLiteral("secondsEach"))->setValue(9);
        desk.panel->findChild<QSpinBox*>(QStringLiteral("concurrency"))->setValue(24);
        desk.action(kCompare)->trigger();
        QCOMPARE(desk.record().request.secondsEach, 9.0);
        QCOMPARE(desk.record().request.concurrency, 24);
        QVERIFY(!desk.action(kCompare)->isEnabled() && desk.action(kCancelComparison)->isEnabled());
        test::fromAnotherThread([&] { desk.record().events.progress(0.5, "multi_process"); });
        QTRY_VERIFY(desk.shown("muted").contains(QStringLiteral("Several processes")));
    }

    void figuresAreATableWithBarsAndTheBestMarked()
    {
        Desk desk;
        QVERIFY(!desk.table()->isVisibleTo(desk.panel.get())); // a sentence stands there
        desk.compare();
        QVERIFY(desk.table()->isVisibleTo(desk.panel.get()));
        QCOMPARE(desk.at(0, ComparisonModel::Strategy).toString(), QStringLiteral("One at a time"));
        QCOMPARE(desk.at(1, ComparisonModel::FramesPerSecond).toString(), QStringLiteral("50.0"));
        QCOMPARE(desk.at(0, ComparisonModel::FramesPerSecond, ComparisonModel::FractionRole).toDouble(), 0.4);
        QVERIFY(desk.at(1, ComparisonModel::FramesPerSecond, ComparisonModel::BestRole).toBool());
        QVERIFY(desk.at(0, ComparisonModel::P99, ComparisonModel::BestRole).toBool());
        QVERIFY(!desk.at(1, ComparisonModel::P99, ComparisonModel::BestRole).toBool());
        QCOMPARE(desk.at(0, ComparisonModel::DeviceUse).toString(), QStringLiteral("97 %"));
        QVERIFY(desk.shown("").contains(QStringLiteral("2.50 × one at a time")));
    }

    void whatAMachineCannotShowSaysWhy()
    {
        Desk desk;
        desk.compare();
        QCOMPARE(desk.at(2, ComparisonModel::Settings).toString(), QStringLiteral("There is only one device."));
        QVERIFY(!desk.at(2, ComparisonModel::FramesPerSecond, ComparisonModel::FractionRole).isValid());
        desk.table()->setCurrentIndex(desk.model.index(2, 0));
        QVERIFY(!desk.action(kUseStrategy)->isEnabled());
    }

    void theChosenWayCanBeApplied()
    {
        Desk desk;
        desk.compare();
        desk.table()->setCurrentIndex(desk.model.index(1, 0));
        desk.action(kUseStrategy)->trigger();
        QTRY_VERIFY(desk.pool.plan() == *desk.model.plan(1));
    }

    void aComparisonCanBeCancelledOrFail()
    {
        Desk desk;
        desk.action(kCompare)->trigger();
        desk.action(kCancelComparison)->trigger();
        QVERIFY(*desk.record().isCancelled);
        test::fromAnotherThread([&] { desk.record().events.finished(failure(ErrorCode::Interrupted, "Stopped")); });
        QTRY_VERIFY(desk.shown("muted").contains(QStringLiteral("Stopped.")));
        desk.action(kCompare)->trigger();
        test::fromAnotherThread(
            [&] { desk.record().events.finished(failure(ErrorCode::Resource, "No worker started.")); });
        QTRY_VERIFY(desk.shown("failure").contains(QStringLiteral("No worker started.")));
        desk.compare(); // and it goes on
        QVERIFY(desk.shown("failure").isEmpty());
    }

    void everyControlIsNamedAndReached()
    {
        Desk desk;
        desk.compare();
        QCOMPARE(test::accessibilityFaults(*desk.panel), QStringList());
    }
};

QTEST_MAIN(ComparisonTest)
#include "comparison_test.moc"

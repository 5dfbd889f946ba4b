// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/measuring_desk.h"
#include "ui/support/widget_walk.h"
#include "ui/tuning/heat_map.h"
#include "ui/tuning/tuning_actions.h"
#include "ui/tuning/tuning_model.h"
#include "ui/tuning/tuning_panel.h"

#include <QCheckBox>
#include <QProgressBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include <memory>

using namespace lipsync;
using namespace lipsync::ui;
using namespace lipsync::ui::action_id;

namespace {

TuningCell cellAt(int workers, int batch, double framesPerSecond, double p99Ms)
{
    TuningCell cell;
    cell.plan = test::planWith(workers, batch);
    cell.workers = workers;
    cell.largestBatch = batch;
    cell.figures.framesPerSecond = framesPerSecond;
    cell.figures.p99Ms = p99Ms;
    return cell;
}

/// The tuning dock over a fake engine.
struct Desk : test::MeasuringDesk {
    TuningModel model{bridge};
    std::unique_ptr<TuningPanel> panel;

    explicit Desk(bool hasAvatar = true)
    {
        addTuningActions(actions);
        panel = std::make_unique<TuningPanel>(model, concurrency, actions);
        panel->resize(900, 500);
        if (hasAvatar)
            model.setAvatar("anna.avatar");
    }
    auto& record() { return *engine.tunings.back(); }
    HeatMap& map() const { return panel->map(); }
    void measure(const TuningCell& cell)
    {
        test::fromAnotherThread([&] { record().events.measured(cell); });
        QTRY_VERIFY(model.cell(cell.workers, cell.largestBatch));
    }
    void finish(const TuningOutcome& outcome)
    {
        QSignalSpy tuned(&model, &TuningModel::tuned);
        test::fromAnotherThread([&] { record().events.finished(outcome); });
        QVERIFY(tuned.wait());
    }
    /// A map of 2 × 2 whose fastest cell is over the goal.
    void fill()
    {
        action(kMeasureMap)->trigger();
        for (const auto& cell :
             {cellAt(1, 1, 20, 15), cellAt(1, 4, 30, 35), cellAt(2, 1, 35, 20), cellAt(2, 4, 60, 55)})
            measure(cell);
    }
    QString shown(const char* look) const { return MeasuringDesk::shown(*panel, look); }
};

} // namespace

/// The tuning map and Auto-tune.
class TuningTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutAnAvatarNothingIsMeasured()
    {
        Desk desk(false);
        QVERIFY(!desk.action(kAutoTune)->isEnabled());
        QVERIFY(desk.shown("muted").contains(QStringLiteral("Open an avatar first")));
        desk.model.startSearch();
        QVERIFY(desk.engine.tunings.empty());
    }

    void theSearchIsAskedForAsSet()
    {
        Desk desk;
        desk.panel->findChild<QSpinBox*>(QStringLiteral("goal"))->setValue(25);
        desk.panel->findChild<QSpinBox*>(QStringLiteral("seconds"))->setValue(30);
        desk.action(kAutoTune)->trigger();
        QCOMPARE(desk.engine.tunings.size(), std::size_t{1});
        QCOMPARE(desk.record().request.avatar, std::filesystem::path("anna.avatar"));
        QCOMPARE(desk.record().request.goalP99Ms, std::optional<double>(25));
        QCOMPARE(desk.record().request.seconds, 30.0);
        QVERIFY(!desk.record().request.wholeMap);
        QVERIFY(!desk.action(kAutoTune)->isEnabled() && !desk.action(kMeasureMap)->isEnabled());
        QVERIFY(desk.action(kCancelTuning)->isEnabled());
        desk.model.startMap(); // one at a time
        QCOMPARE(desk.engine.tunings.size(), std::size_t{1});
    }

    void withoutAGoalOnlySpeedCounts()
    {
        Desk desk;
        desk.panel->findChild<QCheckBox*>(QStringLiteral("hasGoal"))->setChecked(false);
        QVERIFY(!desk.panel->findChild<QSpinBox*>(QStringLiteral("goal"))->isEnabled());
        desk.action(kMeasureMap)->trigger();
        QVERIFY(!desk.record().request.goalP99Ms);
        QVERIFY(desk.record().request.wholeMap);
        desk.measure(cellAt(1, 1, 10, 900));
        QVERIFY(!desk.model.isOverGoal(*desk.model.cell(1, 1)));
    }

    void theMapFillsAsCellsAreMeasured()
    {
        Desk desk;
        desk.action(kMeasureMap)->trigger();
        QVERIFY(desk.model.workers().empty());
        desk.measure(cellAt(2, 4, 60, 55));
        desk.measure(cellAt(1, 1, 20, 15));
        QCOMPARE(desk.model.workers(), (std::vector<int>{1, 2}));
        QCOMPARE(desk.model.batches(), (std::vector<int>{1, 4}));
        QVERIFY(!desk.model.cell(1, 4)); // not measured yet
        test::fromAnotherThread([&] { desk.record().events.measured(cellAt(1, 1, 25, 14)); });
        QTRY_COMPARE(desk.model.cell(1, 1)->figures.framesPerSecond, 25.0); // a better figure takes its place
        QCOMPARE(desk.model.mostFramesPerSecond(), 60.0);
        test::fromAnotherThread([&] { desk.record().events.progress(0.5, "coarse search"); });
        QTRY_COMPARE(desk.panel->findChild<QProgressBar*>(QStringLiteral("tuningProgress"))->value(), 500);
        QVERIFY(desk.shown("muted").contains(QStringLiteral("coarse search")));
    }

    void cellsOverTheGoalAreHatchedAndSaySo()
    {
        Desk desk;
        desk.fill();
        const TuningCell& over = *desk.model.cell(2, 4);
        QVERIFY(desk.model.isOverGoal(over));
        QVERIFY(desk.map().describe(over).contains(QStringLiteral("over the goal of 40 ms")));
        QVERIFY(!desk.map().describe(*desk.model.cell(2, 1)).contains(QStringLiteral("over the goal")));
        const QImage before = desk.map().grab().toImage();
        desk.panel->findChild<QSpinBox*>(QStringLiteral("goal"))->setValue(60);
        QVERIFY(!desk.model.isOverGoal(over));
        const QImage after = desk.map().grab().toImage();
        QVERIFY(before.copy(desk.map().rectOf(2, 4)) != after.copy(desk.map().rectOf(2, 4)));
        QVERIFY(before.copy(desk.map().rectOf(1, 1)) == after.copy(desk.map().rectOf(1, 1)));
    }

    void aClickAppliesACell()
    {
        Desk desk;
        desk.fill();
        desk.panel->show();
        QTest::mouseClick(&desk.map(), Qt::LeftButton, {}, desk.map().rectOf(2, 1).center());
        QTRY_VERIFY(desk.pool.plan() == desk.model.cell(2, 1)->plan);
        QVERIFY(desk.shown("muted").contains(QStringLiteral("35.0")));
        QTest::mouseClick(&desk.map(), Qt::LeftButton, {}, QPoint(1, 1)); // no cell there
        QVERIFY(desk.pool.plan() == desk.model.cell(2, 1)->plan);
    }

    void theKeysReachAndApplyACell()
    {
        Desk desk;
        desk.fill();
        desk.panel->show();
        desk.map().setFocus();
        QTRY_VERIFY(desk.map().hasFocus());
        QCOMPARE(desk.map().current(), desk.model.cell(1, 1));
        QTest::keyClick(&desk.map(), Qt::Key_Down);
        QTest::keyClick(&desk.map(), Qt::Key_Right);
        QTest::keyClick(&desk.map(), Qt::Key_Right); // stays at the end
        QCOMPARE(desk.map().current(), desk.model.cell(2, 4));
        QVERIFY(desk.map().accessibleDescription().contains(QStringLiteral("60.0")));
        QTest::keyClick(&desk.map(), Qt::Key_Up);
        QTest::keyClick(&desk.map(), Qt::Key_Return);
        QTRY_VERIFY(desk.pool.plan() == desk.model.cell(1, 4)->plan);
    }

    void aCellThatIsNotAppliedSaysWhy()
    {
        Desk desk;
        desk.fill();
        desk.engine.planAnswer = failure(ErrorCode::Resource, "A measurement is using the workers.");
        const auto before = desk.pool.plan();
        Q_EMIT desk.map().activated(*desk.model.cell(2, 1));
        QTRY_VERIFY(desk.shown("failure").contains(QStringLiteral("A measurement is using the workers.")));
        QVERIFY(desk.pool.plan() == before);
        desk.engine.planAnswer = {};
        Q_EMIT desk.map().activated(*desk.model.cell(1, 4));
        QTRY_VERIFY(desk.pool.plan() == desk.model.cell(1, 4)->plan);
        QVERIFY(desk.shown("failure").isEmpty());
    }

    void appliedCellsKeepThePrioritiesInForce()
    {
        Desk desk;
        auto plan = desk.engine.presentPlan;
        plan.shares = {30, 2, 1};
        QVERIFY(desk.pool.apply(plan));
        QTRY_VERIFY(desk.pool.plan() == plan && !desk.pool.isApplying());
        desk.fill();
        Q_EMIT desk.map().activated(*desk.model.cell(2, 1));
        QTRY_COMPARE(desk.pool.plan().workerCount(), 2);
        QVERIFY(desk.pool.plan().shares == plan.shares);
    }

    void aCellThatCannotBeMeasuredSaysWhy()
    {
        Desk desk;
        desk.action(kMeasureMap)->trigger();
        TuningCell failed = cellAt(4, 16, 0, 0);
        failed.problem = "The memory does not suffice.";
        desk.measure(failed);
        QVERIFY(desk.map().describe(failed).contains(QStringLiteral("does not suffice")));
        desk.panel->show();
        const auto before = desk.pool.plan();
        QTest::mouseClick(&desk.map(), Qt::LeftButton, {}, desk.map().rectOf(4, 16).center());
        QVERIFY(!desk.pool.isApplying() && desk.pool.plan() == before);
    }

    void autoTuneExplainsItsChoiceAndAppliesItWhenAsked()
    {
        Desk desk;
        desk.action(kAutoTune)->trigger();
        QVERIFY(!desk.action(kApplyTuned)->isEnabled());
        TuningOutcome outcome;
        outcome.chosen = test::planWith(2, 1);
        outcome.cells = {cellAt(2, 1, 35, 20), cellAt(2, 4, 60, 55)};
        outcome.explanation = {"It keeps the goal.", "Batches of 4 were too late."};
        desk.finish(outcome);
        QVERIFY(!desk.model.isRunning());
        QVERIFY(desk.shown("").contains(QStringLiteral("It keeps the goal. Batches of 4 were too late.")));
        QVERIFY(desk.model.isChosen(*desk.model.cell(2, 1)));
        QVERIFY(!desk.model.isChosen(*desk.model.cell(2, 4)));
        QVERIFY(desk.map().describe(*desk.model.cell(2, 1)).contains(QStringLiteral("Auto-tune chose")));
        desk.action(kApplyTuned)->trigger();
        QTRY_VERIFY(desk.pool.plan() == outcome.chosen);
    }

    void aSearchCanBeCancelled()
    {
        Desk desk;
        desk.action(kAutoTune)->trigger();
        desk.action(kCancelTuning)->trigger();
        QVERIFY(*desk.record().isCancelled);
        QVERIFY(desk.model.isRunning()); // until the workers have their plan back
        test::fromAnotherThread([&] { desk.record().events.finished(failure(ErrorCode::Interrupted, "Stopped")); });
        QTRY_VERIFY(!desk.model.isRunning());
        QVERIFY(desk.shown("muted").contains(QStringLiteral("nothing was saved")));
        QVERIFY(desk.shown("failure").isEmpty());
        QVERIFY(desk.action(kAutoTune)->isEnabled());
    }

    void aFailureIsTold()
    {
        Desk desk;
        desk.action(kAutoTune)->trigger();
        test::fromAnotherThread(
            [&] { desk.record().events.finished(failure(ErrorCode::InvalidInput, "The avatar is not trained.")); });
        QTRY_VERIFY(desk.shown("failure").contains(QStringLiteral("not trained")));
    }

    void whatComesAfterTheEndIsDropped()
    {
        Desk desk;
        desk.action(kAutoTune)->trigger();
        const auto first = desk.engine.tunings.back();
        test::fromAnotherThread([&] { first->events.finished(failure(ErrorCode::Interrupted, "Stopped")); });
        QTRY_VERIFY(!desk.model.isRunning());
        desk.action(kMeasureMap)->trigger();
        test::fromAnotherThread([&] {
            first->events.measured(cellAt(9, 9, 1, 1));
            first->events.finished(TuningOutcome{});
        });
        desk.measure(cellAt(1, 1, 20, 15));
        QVERIFY(!desk.model.cell(9, 9));
        QVERIFY(desk.model.isRunning());
    }

    void anotherAvatarBeginsWithAnEmptyMap()
    {
        Desk desk;
        desk.fill();
        desk.model.setAvatar("anna.avatar"); // the same
        QVERIFY(desk.model.cell(1, 1));
        desk.model.setAvatar("other.avatar");
        QVERIFY(!desk.model.cell(1, 1));
        QVERIFY(!desk.map().current());
    }

    void figuresCanBeReadOnEveryColourInEveryTheme()
    {
        for (const ThemeName name : kThemeNames) {
            const ThemeTokens tokens = themeTokens(name);
            for (int percent = 0; percent <= 100; ++percent) {
                const double share = percent / 100.0;
                QVERIFY(contrastRatio(heatText(tokens, share), heatColour(tokens, share)) >= 4.5);
            }
        }
    }

    void everyControlIsNamedAndReached()
    {
        Desk desk;
        desk.fill();
        QCOMPARE(test::accessibilityFaults(*desk.panel), QStringList());
    }
};

QTEST_MAIN(TuningTest)
#include "tuning_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/log/log_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/engine_bridge/log_bridge.h"
#include "ui/log/log_actions.h"
#include "ui/support/fake_engine.h"
#include "ui/support/widget_walk.h"
#include "ui/theme/theme_tokens.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

LogRecord record(int number, LogLevel level = LogLevel::Info, const std::string& source = "workers")
{
    return {std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000 + number)), level, source,
            "Record number " + std::to_string(number) + "."};
}

std::vector<LogRecord> records(int count, int first = 0)
{
    std::vector<LogRecord> some;
    for (int number = first; number < first + count; ++number)
        some.push_back(record(number));
    return some;
}

struct LogDesk {
    ActionRegistry actions;
    LogModel model;
    std::unique_ptr<LogPanel> panel;

    LogDesk()
    {
        addLogActions(actions);
        panel = std::make_unique<LogPanel>(model, actions);
        panel->resize(900, 240);
    }
    QTreeView& list() const { return *panel->findChild<QTreeView*>(QStringLiteral("logList")); }
    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }
    void chooseLevel(LogLevel level) const
    {
        auto* levels = panel->findChild<QComboBox*>(QStringLiteral("logLevel"));
        levels->setCurrentIndex(levels->findData(static_cast<int>(level)));
    }
    void filter(const char* words) const
    {
        panel->findChild<QLineEdit*>(QStringLiteral("logWords"))->setText(QString::fromLatin1(words));
    }
};

} // namespace

/// The engine's log in the window.
class LogTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void earlierRecordsComeFirstAndNoneTwice()
    {
        test::FakeEngine engine;
        engine.presentLog = records(3);
        LogBridge bridge(engine);
        LogModel model;
        connect(&bridge, &LogBridge::written, &model, &LogModel::append);
        bridge.start();
        // Written while the earlier ones are read: the last of them is among those, too.
        engine.writeLog(record(2));
        engine.writeLog(record(3));
        QTRY_COMPARE(model.rowCount(), 4);
        QCOMPARE(model.index(3, LogModel::Message).data().toString(), QStringLiteral("Record number 3."));
        test::fromAnotherThread([&] {
            for (int number = 4; number < 1004; ++number)
                engine.writeLog(record(number));
        });
        QTRY_COMPARE(model.rowCount(), 1004);
        QCOMPARE(model.index(1003, LogModel::Message).data().toString(), QStringLiteral("Record number 1003."));
    }

    void manyRecordsAtOnceArriveTogether()
    {
        test::FakeEngine engine;
        LogBridge bridge(engine);
        bridge.start();
        QSignalSpy written(&bridge, &LogBridge::written);
        QCoreApplication::processEvents(); // what was written before has arrived
        test::fromAnotherThread([&] {
            for (int number = 0; number < 500; ++number)
                engine.writeLog(record(number));
        });
        QTRY_VERIFY(!written.isEmpty());
        QVERIFY(written.count() <= 2);
    }

    void theOldestGoWhenThereAreTooMany()
    {
        LogModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.append(records(3990));
        model.append(records(20, 3990));
        QCOMPARE(model.rowCount(), static_cast<int>(LogModel::kMostRecords));
        QCOMPARE(model.index(0, LogModel::Message).data().toString(), QStringLiteral("Record number 10."));
        model.append(records(5000, 10000)); // more than fit at all
        QCOMPARE(model.rowCount(), static_cast<int>(LogModel::kMostRecords));
        QCOMPARE(model.index(0, LogModel::Message).data().toString(), QStringLiteral("Record number 11000."));
    }

    void recordsAreFilteredByLevelAndWords()
    {
        LogDesk desk;
        desk.model.append({record(1, LogLevel::Debug), record(2), record(3, LogLevel::Warning, "export"),
                           record(4, LogLevel::Error)});
        const QAbstractItemModel* shown = desk.list().model();
        QCOMPARE(shown->rowCount(), 3); // details are not shown at first
        desk.chooseLevel(LogLevel::Debug);
        QCOMPARE(shown->rowCount(), 4);
        desk.chooseLevel(LogLevel::Warning);
        QCOMPARE(shown->rowCount(), 2);
        desk.filter("  EXPORT number ");
        QCOMPARE(shown->rowCount(), 1);
        QCOMPARE(shown->index(0, LogModel::Level).data().toString(), QStringLiteral("Warning"));
        desk.filter("(");
        QCOMPARE(shown->rowCount(), 0);
        QVERIFY(!desk.action(action_id::kCopyLog)->isEnabled());
    }

    void chosenRecordsOrAllAreCopied()
    {
        LogDesk desk;
        desk.model.append(records(3));
        desk.action(action_id::kCopyLog)->trigger();
        QCOMPARE(QApplication::clipboard()->text().count(QLatin1Char('\n')), 2);
        desk.list().setCurrentIndex(desk.list().model()->index(1, 0));
        desk.action(action_id::kCopyLog)->trigger();
        QVERIFY(QApplication::clipboard()->text().endsWith(QStringLiteral("\tInformation\tworkers\tRecord number 1.")));
    }

    void clearingEmptiesTheList()
    {
        LogDesk desk;
        desk.model.append(records(3));
        desk.action(action_id::kClearLog)->trigger();
        QCOMPARE(desk.model.rowCount(), 0);
        QVERIFY(!desk.action(action_id::kClearLog)->isEnabled());
        desk.model.append(records(1));
        QVERIFY(desk.action(action_id::kClearLog)->isEnabled());
    }

    void theNewestIsFollowedUnlessAPersonScrolledAway()
    {
        LogDesk desk;
        desk.panel->show();
        QVERIFY(QTest::qWaitForWindowExposed(desk.panel.get()));
        desk.model.append(records(200));
        QScrollBar* bar = desk.list().verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0 && bar->value() == bar->maximum());
        bar->triggerAction(QAbstractSlider::SliderToMinimum);
        desk.model.append(records(20, 200));
        QCoreApplication::processEvents();
        QCOMPARE(bar->value(), 0);
        bar->triggerAction(QAbstractSlider::SliderToMaximum);
        desk.model.append(records(20, 220));
        QTRY_COMPARE(bar->value(), bar->maximum());
    }

    void everyControlHasANameAndFits()
    {
        LogDesk desk;
        desk.model.append(records(3));
        desk.panel->resize(400, 180);
        desk.panel->show();
        QVERIFY(QTest::qWaitForWindowExposed(desk.panel.get()));
        desk.list().setCurrentIndex(desk.list().model()->index(1, 0));
        QCOMPARE(test::accessibilityFaults(*desk.panel), QStringList());
        QCOMPARE(test::cutTexts(*desk.panel), QStringList());
    }
};

QTEST_MAIN(LogTest)
#include "log_test.moc"

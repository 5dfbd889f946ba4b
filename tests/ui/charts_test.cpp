// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/charts_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/charts/chart.h"
#include "ui/charts/chart_actions.h"
#include "ui/charts/chart_grid.h"
#include "ui/charts/plotting.h"
#include "ui/charts/statistics_history.h"
#include "ui/engine_bridge/statistics_bridge.h"
#include "ui/support/busy_statistics.h"
#include "ui/support/fake_engine.h"
#include "ui/support/scripted_dialogs.h"
#include "ui/support/widget_walk.h"

#include <ctime>

#include <QAction>
#include <QElapsedTimer>
#include <QFile>
#include <QImage>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace lipsync;
using namespace lipsync::ui;
using lipsync::test::busyStatistics;

namespace {

/// A panel of charts over a fake engine.
struct ChartDesk {
    QTemporaryDir folder;
    test::FakeEngine engine;
    test::ScriptedDialogs dialogs;
    ActionRegistry actions;
    StatisticsBridge bridge{engine};
    StatisticsHistory history;
    std::unique_ptr<ChartsPanel> panel;
    int replots = 0;

    ChartDesk()
    {
        addChartActions(actions);
        panel = std::make_unique<ChartsPanel>(bridge, history, actions, dialogs);
        panel->setTheme(themeTokens(ThemeName::Dark));
        panel->resize(1400, 240);
        for (QCustomPlot* plot : panel->findChildren<QCustomPlot*>())
            QObject::connect(plot, &QCustomPlot::afterReplot, panel.get(), [this] { ++replots; });
    }
    void record(int polls)
    {
        for (int poll = 0; poll < polls; ++poll)
            history.append(busyStatistics(poll));
        engine.setStatistics(busyStatistics(polls - 1)); // what the panel polls while it is visible
    }
    bool show()
    {
        panel->show();
        return QTest::qWaitForWindowExposed(panel.get());
    }
    Chart* chart(const char* name) const
    {
        for (Chart* one : panel->grid().charts())
            if (one->accessibleName() == QLatin1String(name))
                return one;
        return nullptr;
    }
    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }
};

double processorSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

} // namespace

/// Charts of the engine's statistics.
class ChartsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theEngineIsAskedOffTheWindowsThreadAndAnsweredOnIt()
    {
        test::FakeEngine engine;
        engine.setStatistics(busyStatistics(3));
        StatisticsBridge bridge(engine);
        QVERIFY(!bridge.isFast());
        QThread* toldOn = nullptr;
        connect(&bridge, &StatisticsBridge::polled, this, [&] { toldOn = QThread::currentThread(); });
        bridge.poll();
        QVERIFY(!toldOn);
        QTRY_COMPARE(toldOn, QThread::currentThread());
        QCOMPARE(bridge.latest().framesPerSecond, busyStatistics(3).framesPerSecond);
    }

    void aBridgeThatGoesAwayMidPollIsNotHeard()
    {
        test::FakeEngine engine;
        for (int i = 0; i < 20; ++i) {
            StatisticsBridge bridge(engine);
            bridge.poll();
        }
        QCoreApplication::processEvents();
    }

    void theHistoryKeepsFifteenMinutesAndNoMore()
    {
        StatisticsHistory history;
        for (int poll = 0; poll < 9500; ++poll)
            history.append(busyStatistics(poll));
        QVERIFY(history.samples().size() <= StatisticsHistory::kMostSamples);
        QVERIFY(history.end() - history.begin() <= StatisticsHistory::kLongestSeconds);
        QCOMPARE(history.devices(), QStringList({QStringLiteral("cpu"), QStringLiteral("cuda:0")}));
        QVERIFY(std::abs(history.nearest(500.04)->time - 500) < 0.01);
        QCOMPARE(history.nearest(1e9)->time, history.end());
    }

    void anOlderSnapshotBeginsAnewAndAFailingDeviceLeavesAGap()
    {
        StatisticsHistory history;
        history.append(busyStatistics(100));
        StatsSnapshot odd = busyStatistics(0);
        odd.devices[1].utilisation.reset();
        odd.recentEndToEnd = {};
        history.append(odd);
        QCOMPARE(history.samples().size(), std::size_t{1});
        QVERIFY(std::isnan(history.samples().front().p99Ms));
        QVERIFY(std::isnan(history.samples().front().deviceUse[1]));
    }

    void batchesAreThoseOfTheTimeShown()
    {
        StatisticsHistory history;
        for (int poll = 0; poll <= 100; ++poll)
            history.append(busyStatistics(poll));
        const std::vector<std::uint64_t> wanted{0, 30 + 3, 20 + 2, 40 + 4,
                                                90 + 9}; // ten polls and the one they begin at
        QCOMPARE(history.batchesBetween(9.0 - 0.01, 10.0), wanted);
        QVERIFY(history.batchesBetween(20, 30).empty());
    }

    void aTableHasALineAMomentAndQuotesNames()
    {
        StatisticsHistory history;
        StatsSnapshot odd = busyStatistics(0);
        odd.devices[1].name = "a \"b\", c";
        history.append(odd);
        odd.time += std::chrono::seconds(1);
        odd.recentEndToEnd = {};
        history.append(odd);
        const QList<QByteArray> lines = StatisticsHistory::toCsv(history.samples(), history.devices()).split('\n');
        QCOMPARE(lines.size(), 4); // names, two moments, nothing after the last end of line
        QVERIFY(lines[0].startsWith("seconds,frames_per_second,latency_p50_ms"));
        QVERIFY(lines[0].contains("\"a \"\"b\"\", c_use_percent\""));
        QVERIFY(lines[1].startsWith("0.000,58.000,14.000,19.000,33.000,0,2,6,"));
        QVERIFY(lines[2].startsWith("1.000,58.000,,,,"));
    }

    void pausedChartsStandStillWhileMeasuringGoesOn()
    {
        ChartDesk desk;
        desk.record(50);
        desk.action(action_id::kPauseCharts)->trigger();
        const double end = desk.panel->span().end();
        desk.history.append(busyStatistics(60));
        QCOMPARE(desk.panel->span().end(), end);
        QVERIFY(desk.history.end() > end);
        desk.action(action_id::kResetCharts)->trigger();
        QVERIFY(!desk.action(action_id::kPauseCharts)->isChecked());
        QCOMPARE(desk.panel->span().end(), desk.history.end());
    }

    void zoomStaysInItsLimits()
    {
        ChartDesk desk;
        desk.record(50);
        for (int i = 0; i < 20; ++i)
            desk.action(action_id::kZoomChartsIn)->trigger();
        QCOMPARE(desk.panel->span().seconds(), ChartSpan::kShortestSeconds);
        for (int i = 0; i < 20; ++i)
            desk.action(action_id::kZoomChartsOut)->trigger();
        QCOMPARE(desk.panel->span().seconds(), StatisticsHistory::kLongestSeconds);
    }

    void arrowKeysReadOutAllChartsAtOneMoment()
    {
        ChartDesk desk;
        desk.record(100);
        QVERIFY(desk.show());
        Chart* speed = desk.chart("Speed");
        QVERIFY(speed);
        speed->setFocus();
        QTest::keyClick(speed, Qt::Key_Left);
        QTest::keyClick(speed, Qt::Key_Left);
        QVERIFY(desk.panel->span().readAge().has_value());
        QVERIFY(std::abs(*desk.panel->span().readAge() - 0.1) < 0.001);
        QVERIFY(desk.chart("Latency")->valuesText().contains(QStringLiteral("0.1 s ago")));
        QTest::keyClick(speed, Qt::Key_Escape);
        QVERIFY(!desk.panel->span().readAge().has_value());
    }

    void thePointerReadsOutAndDraggingLooksBack()
    {
        ChartDesk desk;
        desk.record(900);
        QVERIFY(desk.show());
        Chart* speed = desk.chart("Speed");
        const QPoint middle = speed->rect().center();
        QTest::mouseMove(speed, middle);
        QTRY_VERIFY(desk.panel->span().readAge().has_value());
        QTest::mousePress(speed, Qt::LeftButton, {}, middle);
        QTest::mouseMove(speed, middle + QPoint(40, 0));
        QTest::mouseRelease(speed, Qt::LeftButton, {}, middle + QPoint(40, 0));
        QVERIFY(desk.panel->span().isPaused());
        QVERIFY(desk.panel->span().end() < desk.history.end());
        QVERIFY(desk.action(action_id::kPauseCharts)->isChecked());
    }

    void barsAreReadBySize()
    {
        ChartDesk desk;
        desk.record(20);
        QVERIFY(desk.show());
        Chart* batches = desk.chart("Batch sizes");
        QTRY_VERIFY(desk.replots > 0);
        QVERIFY(batches->valuesText().startsWith(QStringLiteral("mean")));
        batches->setFocus();
        QTest::keyClick(batches, Qt::Key_Right);
        QCOMPARE(batches->valuesText(), QStringLiteral("size 1: 57 batches (17 %)")); // 19 polls of 3, 2, 4, 9
    }

    void nothingIsDrawnWhenHidden()
    {
        ChartDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.bridge.isFast());
        desk.record(5);
        QTRY_VERIFY(desk.replots >= 6);
        desk.panel->hide();
        QVERIFY(!desk.bridge.isFast());
        QCoreApplication::processEvents();
        desk.replots = 0;
        for (int poll = 10; poll < 20; ++poll)
            desk.history.append(busyStatistics(poll));
        QCoreApplication::processEvents();
        QCOMPARE(desk.replots, 0);
    }

    void chartsAreSavedAsTableAndPicture()
    {
        ChartDesk desk;
        desk.record(30);
        QVERIFY(desk.show());
        QSignalSpy noticed(desk.panel.get(), &ChartsPanel::noticed);
        desk.dialogs.newFile = desk.folder.filePath(QStringLiteral("charts.csv"));
        desk.action(action_id::kSaveChartsCsv)->trigger();
        QTRY_COMPARE(noticed.count(), 1);
        QFile table(desk.dialogs.newFile);
        QVERIFY(table.open(QIODevice::ReadOnly));
        QCOMPARE(table.readAll().count('\n'), 31);
        desk.dialogs.newFile = desk.folder.filePath(QStringLiteral("charts.png"));
        desk.action(action_id::kSaveChartsPng)->trigger();
        QTRY_COMPARE(noticed.count(), 2);
        const QImage picture(desk.dialogs.newFile);
        QVERIFY(picture.width() > 2 * 3 * 480);
        // What is there is replaced only after a question.
        desk.dialogs.newFile = desk.folder.filePath(QStringLiteral("charts.csv"));
        desk.action(action_id::kSaveChartsCsv)->trigger();
        QVERIFY(desk.dialogs.questions.contains(QStringLiteral("Replace what is there?")));
        QCOMPARE(noticed.count(), 2);
    }

    void aTableThatCannotBeWrittenIsSaid()
    {
        ChartDesk desk;
        desk.record(3);
        QSignalSpy failed(desk.panel.get(), &ChartsPanel::failed);
        desk.dialogs.newFile = desk.folder.filePath(QStringLiteral("no/such/folder/charts.csv"));
        desk.action(action_id::kSaveChartsCsv)->trigger();
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(failed.first().first().toString().contains(QStringLiteral("could not be written")));
    }

    void everyControlHasANameAndFitsIntoANarrowDock()
    {
        ChartDesk desk;
        desk.record(20);
        desk.panel->resize(240, 180);
        QVERIFY(desk.show());
        QCOMPARE(test::accessibilityFaults(*desk.panel), QStringList());
        QCOMPARE(test::cutTexts(*desk.panel), QStringList());
        for (const Chart* chart : desk.panel->grid().charts())
            QVERIFY(chart->height() >= chart->minimumSizeHint().height() - 1);
    }

    void seriesCanBeToldApartInEveryTheme()
    {
        for (const ThemeName name : kThemeNames) {
            const ThemeTokens tokens = themeTokens(name);
            for (const QColor& colour : tokens.series) {
                // WCAG 2.1, success criterion 1.4.11: graphical objects.
                QVERIFY(contrastRatio(colour, tokens.field) >= 3);
                QVERIFY(contrastRatio(colour, tokens.surface) >= 3);
            }
        }
    }

    /// The bar of the studio: every chart visible, ten updates a second, 600 samples in sight, at most 8 % of a core.
    void tenUpdatesASecondTakeAtMostEightPercentOfACore()
    {
        ChartDesk desk;
        desk.record(620);
        QVERIFY(desk.show());
        int poll = 620;
        QTimer ticking;
        ticking.setTimerType(Qt::PreciseTimer);
        connect(&ticking, &QTimer::timeout, this, [&] { desk.engine.setStatistics(busyStatistics(poll++)); });
        desk.engine.setStatistics(busyStatistics(poll++));
        QTRY_VERIFY(desk.replots > 0);
        desk.replots = 0;
        ticking.start(100);
        QElapsedTimer wall;
        wall.start();
        const double before = processorSeconds();
        constexpr int kUpdates = 30;
        QTRY_VERIFY_WITH_TIMEOUT(desk.replots >= kUpdates * 6, 20000);
        const double share = (processorSeconds() - before) / (1e-3 * static_cast<double>(wall.elapsed()));
        const double perUpdate = 1e3 * (processorSeconds() - before) / kUpdates;
        qInfo("charts: %.1f %% of a core, %.2f ms an update of six charts, %.1f updates a second", 100 * share,
              perUpdate, kUpdates / (1e-3 * static_cast<double>(wall.elapsed())));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(NDEBUG)
        QVERIFY2(perUpdate <= 8, "ten of them a second take more than 8 % of a core");
#endif
    }
};

QTEST_MAIN(ChartsTest)
#include "charts_test.moc"

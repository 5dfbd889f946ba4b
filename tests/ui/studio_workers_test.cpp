// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator does with the workers of the real studio while the demo plays: change them, lose and restart them,
// tune them, export beside them, look at their charts.

#include "ui/actions/studio_actions.h"
#include "ui/charts/charts_panel.h"
#include "ui/charts/plotting.h"
#include "ui/concurrency/concurrency_actions.h"
#include "ui/concurrency/concurrency_panel.h"
#include "ui/concurrency/worker_list.h"
#include "ui/export/export_actions.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/preview_actions.h"
#include "ui/support/playing_desk.h"
#include "ui/tuning/heat_map.h"
#include "ui/tuning/tuning_actions.h"
#include "ui/tuning/tuning_panel.h"

#include <algorithm>
#include <csignal>
#include <functional>

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QSpinBox>
#include <QTreeView>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

constexpr int kPatienceMs = test::PlayingDesk::kLongPatienceMs;
constexpr double kMostDropShare = 0.001; // the bar of a machine that does nothing else

EngineOptions optionsOf(int workers, Isolation isolation = Isolation::Thread)
{
    ConcurrencyPlan plan = defaultPlan(workers);
    plan.isolation = isolation;
    return {.plan = plan, .workerProgram = std::filesystem::path(LIPSYNC_BINARY_DIR) / "lipsync"};
}

} // namespace

class StudioWorkersTest final : public QObject {
    Q_OBJECT

    QTemporaryDir m_configuration;

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(qputenv("XDG_CONFIG_HOME", m_configuration.path().toUtf8())); // where tunings are kept
    }

    void workersBatchAndIsolationChangeWhileThePreviewPlays()
    {
        test::PlayingDesk desk(optionsOf(1));
        QVERIFY(desk.play());
        ConcurrencyModel& model = desk.models().concurrency;
        QTRY_VERIFY_WITH_TIMEOUT((desk.control<ConcurrencyPanel, QSpinBox>("deviceWorkers")), kPatienceMs);
        auto* workers = desk.control<ConcurrencyPanel, QSpinBox>("deviceWorkers");
        auto* batch = desk.control<ConcurrencyPanel, QSpinBox>("batch");
        auto* isolation = desk.control<ConcurrencyPanel, QComboBox>("isolation");
        const std::function<void()> edits[] = {
            [&] { workers->setValue(2); },
            [&] { batch->setValue(8); },
            [&] { QTest::keyClick(isolation, Qt::Key_Down); }, // processes
            [&] {
                QTest::keyClick(isolation, Qt::Key_Up);
                workers->setValue(1);
                batch->setValue(2);
            },
        };
        for (const auto& edit : edits) {
            edit();
            QVERIFY(model.isChanged());
            const ConcurrencyPlan wanted = model.draft();
            desk.action(action_id::kApplyPlan)->trigger();
            QVERIFY(model.isApplying());
            QVERIFY(desk.goesOn()); // while the old workers make way for the new ones
            QTRY_VERIFY_WITH_TIMEOUT(!model.isApplying(), kPatienceMs);
            QVERIFY2(model.refusal().isEmpty(), qPrintable(model.refusal()));
            QVERIFY(desk.engine->plan() == wanted);
            QTRY_COMPARE_WITH_TIMEOUT(desk.models().workers.rowCount(), wanted.workerCount(), kPatienceMs);
            QVERIFY(desk.goesOn());
            QVERIFY(desk.said<ConcurrencyPanel>("muted").contains(QStringLiteral("in force")));
        }
        QVERIFY(!desk.isAnythingLost());
    }

    void aPlanForADeviceThatIsNotThereCannotBeApplied()
    {
        test::PlayingDesk desk(optionsOf(1));
        QVERIFY(desk.play());
        const ConcurrencyPlan before = desk.engine->plan();
        ConcurrencyModel& model = desk.models().concurrency;
        QTRY_VERIFY_WITH_TIMEOUT(!model.devices().empty() && model.limits().threads >= 1, kPatienceMs);
        model.setWorkers("cuda:97", 1);
        QTRY_VERIFY_WITH_TIMEOUT(!desk.action(action_id::kApplyPlan)->isEnabled(), kPatienceMs);
        QVERIFY(desk.said<ConcurrencyPanel>("muted").contains(QStringLiteral("cuda:97 is not on this machine")));
        desk.action(action_id::kRevertPlan)->trigger();
        QVERIFY(!model.isChanged());
        QVERIFY(desk.engine->plan() == before);
    }

    void aPlanThatTheEngineRefusesSaysWhyAndTheOldOneStays()
    {
        test::PlayingDesk desk({.plan = defaultPlan(2), .workerProgram = "/nowhere/no-program"});
        QVERIFY(desk.play());
        const ConcurrencyPlan before = desk.engine->plan();
        ConcurrencyModel& model = desk.models().concurrency;
        model.setIsolation(Isolation::Process);
        desk.action(action_id::kApplyPlan)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!model.refusal().isEmpty(), kPatienceMs);
        QVERIFY2(model.refusal().contains(QStringLiteral("no-program")), qPrintable(model.refusal()));
        QVERIFY(desk.said<ConcurrencyPanel>("failure").contains(model.refusal()));
        QVERIFY(desk.engine->plan() == before);
        QTRY_COMPARE_WITH_TIMEOUT(desk.models().workers.rowCount(), 2, kPatienceMs);
        QVERIFY(desk.goesOn());
        QVERIFY(!desk.isAnythingLost());
        model.revert();
        QVERIFY(desk.said<ConcurrencyPanel>("failure").isEmpty());
    }

    void aKilledWorkerProcessSaysWhyAndComesBackWhilePreviewAndExportGoOn()
    {
        test::PlayingDesk desk(optionsOf(2, Isolation::Process));
        QVERIFY(desk.play());
        const QString film = desk.startQueue("killed.mp4");
        QTRY_VERIFY_WITH_TIMEOUT(desk.job().progress.framesDone > 0, kPatienceMs);
        const auto victim = desk.servingProcess();
        QVERIFY(victim);
        QString seen; // what the list said of lost workers
        connect(&desk.models().workers, &WorkerModel::changed, desk.window.get(),
                [&] { seen += desk.said<WorkerList>("failure"); });
        QCOMPARE(::kill(victim->processId, SIGKILL), 0);
        QTRY_VERIFY_WITH_TIMEOUT(!seen.isEmpty(), kPatienceMs);
        const QString number = QString::number(victim->processId);
        QVERIFY2(seen.contains(QStringLiteral("Worker %1").arg(victim->id)) && seen.contains(number), qPrintable(seen));
        qInfo("%s", qPrintable(seen.section(u'\n', 0, 0)));
        QVERIFY(desk.comesBack(*victim));
        QVERIFY(desk.goesOn());
        QVERIFY(desk.isExported(film));
        QVERIFY(desk.isWhole(film));
        QVERIFY(!desk.isAnythingLost());
    }

    void theRestartCommandStartsTheChosenWorkerAnew()
    {
        test::PlayingDesk desk(optionsOf(2, Isolation::Process));
        QVERIFY(desk.play());
        const auto chosen = desk.servingProcess();
        QVERIFY(chosen);
        auto* list = desk.control<WorkerList, QTreeView>("workerList");
        for (int row = 0; row < desk.models().workers.rowCount(); ++row)
            if (desk.models().workers.worker(row)->id == chosen->id)
                list->setCurrentIndex(desk.models().workers.index(row, 0));
        desk.action(action_id::kRestartWorker)->trigger();
        QVERIFY(desk.comesBack(*chosen));
        QVERIFY(desk.goesOn());
        QVERIFY(desk.said<WorkerList>("muted").contains(QStringLiteral("works again")));
        QVERIFY(!desk.isAnythingLost());
    }

    void autoTuneFillsTheMapExplainsItsChoiceAndACellIsApplied()
    {
        test::PlayingDesk desk(optionsOf(2));
        QVERIFY(desk.play());
        TuningModel& tuning = desk.models().tuning;
        const ConcurrencyPlan before = desk.engine->plan();
        desk.control<TuningPanel, QSpinBox>("seconds")->setValue(5);
        desk.action(action_id::kAutoTune)->trigger();
        QVERIFY(tuning.isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(!tuning.workers().empty(), kPatienceMs);
        QVERIFY(tuning.isRunning()); // cells come while it goes on
        QVERIFY(desk.goesOn());
        QTRY_VERIFY_WITH_TIMEOUT(!tuning.isRunning(), kPatienceMs);
        QVERIFY2(!tuning.hasFailed(), qPrintable(tuning.message()));
        QVERIFY(tuning.outcome() && !tuning.explanation().isEmpty());
        const QString explanation = tuning.explanation().join(u' ');
        QVERIFY(desk.said<TuningPanel>("").contains(explanation));
        qInfo("%s", qPrintable(explanation));
        QVERIFY(desk.engine->plan() == before); // until a person applies one

        const auto other = otherCell(tuning, before);
        QVERIFY(other);
        auto* map = desk.panel<HeatMap>();
        QTest::mouseClick(map, Qt::LeftButton, {}, map->rectOf(other->workers, other->largestBatch).center());
        auto wanted = other->plan;
        wanted.shares = before.shares;
        QTRY_VERIFY_WITH_TIMEOUT(desk.engine->plan() == wanted, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(!desk.models().concurrency.isApplying(), kPatienceMs);
        QVERIFY(desk.goesOn());
        QVERIFY(!desk.isAnythingLost());
    }

    void aCancelledTuningGivesThePlanBack()
    {
        test::PlayingDesk desk(optionsOf(1));
        QVERIFY(desk.play());
        TuningModel& tuning = desk.models().tuning;
        const ConcurrencyPlan before = desk.engine->plan();
        desk.action(action_id::kMeasureMap)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!tuning.workers().empty(), kPatienceMs);
        desk.action(action_id::kCancelTuning)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!tuning.isRunning(), kPatienceMs);
        QVERIFY(!tuning.hasFailed() && !tuning.outcome());
        QVERIFY(desk.said<TuningPanel>("muted").contains(tuning.message()));
        QVERIFY(desk.engine->plan() == before);
        QTRY_COMPARE_WITH_TIMEOUT(desk.models().workers.rowCount(), before.workerCount(), kPatienceMs);
        QVERIFY(desk.goesOn());
        QVERIFY(!desk.isAnythingLost());
    }

    void anExportRunsBesideThePreview()
    {
        test::PlayingDesk desk(optionsOf(2));
        QVERIFY(desk.open());
        const QString alone = desk.startQueue("alone.mp4");
        QVERIFY(desk.isExported(alone));
        const double aloneSpeed = speedOf(desk.job());
        desk.action(action_id::kPlay)->trigger();
        QVERIFY(desk.goesOn());
        const PreviewStatistics before = desk.models().bridge.previewStatistics();
        const QString beside = desk.startQueue("beside.mp4");
        QVERIFY(desk.isExported(beside));
        const PreviewStatistics after = desk.models().bridge.previewStatistics();
        QVERIFY(desk.goesOn());
        const auto dropped = after.dropped - before.dropped;
        const auto played = dropped + after.computed - before.computed;
        const double share = static_cast<double>(dropped) / static_cast<double>(std::max<std::int64_t>(played, 1));
        const double speed = speedOf(desk.job());
        qInfo("Export: %.1f frames/s alone, %.1f (%.0f %%) beside a playing preview, which dropped %lld of %lld frames "
              "(%.2f %%; the bar is %.1f %%).",
              aloneSpeed, speed, 100 * speed / aloneSpeed, static_cast<long long>(dropped),
              static_cast<long long>(played), 100 * share, 100 * kMostDropShare);
        QVERIFY(desk.isWhole(beside));
        QVERIFY(!desk.isAnythingLost());
        QCOMPARE(desk.notices.sentences.size(), 2);
    }

    void anExportOfAStudioThatIsClosedGoesOnInTheNextOne()
    {
        test::PlayingDesk desk(optionsOf(2));
        QVERIFY(desk.play());
        desk.dialogs.agrees = true; // to quit while an export runs
        desk.dialogs.answer = 1; // not to save the project
        const QString film = desk.startQueue("closed.mp4");
        constexpr std::int64_t kAgain = 50; // frames that are made again at most
        QTRY_VERIFY_WITH_TIMEOUT(desk.job().progress.framesDone > 2 * kAgain, kPatienceMs);
        const std::int64_t done = desk.job().progress.framesDone;
        desk.window->close();
        QVERIFY(!desk.window->isVisible());
        QVERIFY(desk.dialogs.questions.first().contains(QStringLiteral("exports are running")));
        desk.window.reset();
        desk.engine.reset();
        QVERIFY(!QFileInfo::exists(film));

        desk.engine = std::move(createEngine(optionsOf(2)).value());
        desk.make();
        QVERIFY(desk.show());
        QTRY_VERIFY_WITH_TIMEOUT(desk.job().state == ExportJobState::Running, kPatienceMs);
        QVERIFY2(desk.job().progress.framesDone >= done - kAgain,
                 qPrintable(QStringLiteral("%1 after %2").arg(desk.job().progress.framesDone).arg(done)));
        QVERIFY(desk.isExported(film));
        QVERIFY(desk.isWhole(film));
    }

    void theWipeBringsTheFramesAsTheyWereFilmed()
    {
        test::PlayingDesk desk(optionsOf(2));
        QVERIFY(desk.play());
        const PictureView& view = *desk.panel<PictureView>();
        const auto hasOriginal = [&] { return view.picture() && !view.picture()->original.empty(); };
        QVERIFY(!hasOriginal());
        desk.action(action_id::kWipe)->trigger();
        QVERIFY(view.isWiping());
        QTRY_VERIFY_WITH_TIMEOUT(hasOriginal(), kPatienceMs);
        QCOMPARE(view.picture()->original.size(), view.picture()->bgr.size());
        QVERIFY(view.picture()->original != view.picture()->bgr); // a mouth lies between them
        desk.action(action_id::kWipe)->trigger();
        QVERIFY(!view.isWiping());
        QTRY_VERIFY_WITH_TIMEOUT(!hasOriginal(), kPatienceMs);
        QVERIFY(desk.goesOn());
    }

    void aFrameIsSavedAsAPictureWhileThePreviewPlays()
    {
        test::PlayingDesk desk(optionsOf(2));
        QVERIFY(desk.play());
        desk.dialogs.newFile = desk.folder.filePath(QStringLiteral("frame.png"));
        desk.action(action_id::kSaveFrame)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!QImage(desk.dialogs.newFile).isNull(), kPatienceMs);
        const QImage saved(desk.dialogs.newFile);
        QCOMPARE(saved.size(), desk.panel<PictureView>()->image().size());
        QVERIFY(desk.goesOn());
    }

    void chartsGetSamplesAndAreDrawnOnlyWhileTheyAreSeen()
    {
        test::PlayingDesk desk(optionsOf(1));
        QVERIFY(desk.play());
        auto* charts = desk.panel<ChartsPanel>();
        int replots = 0;
        for (QCustomPlot* plot : charts->findChildren<QCustomPlot*>())
            connect(plot, &QCustomPlot::afterReplot, desk.window.get(), [&] { ++replots; });
        const StatisticsHistory& history = desk.models().history;
        const auto getsSamples = [&](std::size_t more) {
            const std::size_t wanted = history.samples().size() + more;
            return QTest::qWaitFor([&] { return history.samples().size() >= wanted; }, kPatienceMs);
        };
        QVERIFY(charts->isVisible());
        QVERIFY(getsSamples(10));
        QVERIFY(replots >= 10);
        QTRY_VERIFY_WITH_TIMEOUT(history.samples().back().framesPerSecond > 0, kPatienceMs);

        auto* dock = desk.window->findChild<QDockWidget*>(QStringLiteral("chartsDock"));
        dock->hide();
        QVERIFY(getsSamples(1)); // what was on its way is over
        replots = 0;
        QVERIFY(getsSamples(5));
        QCOMPARE(replots, 0);
        dock->show();
        dock->raise();
        QTRY_VERIFY_WITH_TIMEOUT(replots > 0, kPatienceMs);
    }

private:
    static double speedOf(const ExportJob& job)
    {
        return static_cast<double>(job.progress.frames) / std::max(job.elapsedSeconds, 1e-3);
    }

    /// A measured cell with other settings than those.
    static std::optional<TuningCell> otherCell(const TuningModel& tuning, const ConcurrencyPlan& than)
    {
        for (const int workers : tuning.workers()) {
            for (const int batch : tuning.batches()) {
                const TuningCell* cell = tuning.cell(workers, batch);
                auto plan = cell ? cell->plan : than;
                plan.shares = than.shares;
                if (cell && cell->problem.empty() && plan != than)
                    return *cell;
            }
        }
        return {};
    }
};

int main(int argc, char** argv)
{
    prepareProcess();
    QApplication::setStyle(QStringLiteral("fusion"));
    QApplication application(argc, argv);
    StudioWorkersTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "studio_workers_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine.h"
#include "support/own_configuration.h"
#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/playback/playback_controller.h"
#include "ui/playback/timer_clock.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/preview_panel.h"
#include "ui/support/event_loop.h"
#include "ui/support/machine_watch.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

constexpr int kPatienceMs = 60000;
constexpr std::chrono::seconds kWatched{8};
constexpr std::size_t kFewestLooks = 200;
constexpr double kFewestFrames = 100;
constexpr double kMostOffsetMs = 40;
constexpr double kMostDropped = 0.02; // of all frames; a machine shared with others drops some

const QString kAvatar = QStringLiteral(LIPSYNC_SOURCE_DIR "/resources/avatars/demo.avatar");
const QString kVoice = QStringLiteral(LIPSYNC_SOURCE_DIR "/resources/voices/demo.flac");

/// What stands on the screen against what is heard, every few milliseconds.
struct Offsets {
    std::vector<double> values; ///< milliseconds the picture's middle is ahead of the sound

    double mean() const
    {
        return std::accumulate(values.begin(), values.end(), 0.0) / std::max(1.0, static_cast<double>(values.size()));
    }
    /// Of the distances, whatever their sign; `part` from 0 to 1.
    double distance(double part) const
    {
        std::vector<double> sorted(values);
        for (double& value : sorted)
            value = std::abs(value);
        std::sort(sorted.begin(), sorted.end());
        return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
    }
};

} // namespace

/// Picture against sound with the real engine and the demo, alone and beside an export that takes all there is.
class AvOffsetTest final : public QObject {
    Q_OBJECT

    const test::OwnConfiguration m_configuration;
    std::unique_ptr<Engine> m_engine;
    QTemporaryDir m_folder;
    std::int64_t m_painted = -1; ///< frame on the screen
    PictureView* m_view = nullptr;

public:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (watched == m_view && event->type() == QEvent::Paint && m_view->picture())
            m_painted = m_view->picture()->frame;
        return false;
    }

private:
    // Plays the demo from the beginning, over and over, and watches.
    void watch(const char* name, test::MachineWatch& machine, QString& missed)
    {
        EngineBridge bridge(*m_engine);
        const TimerClock* clock = nullptr;
        PlaybackController playback(bridge, [&clock](const auto&) {
            auto made = std::make_unique<TimerClock>();
            clock = made.get();
            return made;
        });
        ActionRegistry actions;
        addStudioActions(actions);
        PreviewPanel panel(playback, actions);
        m_view = &panel.view();
        m_view->installEventFilter(this);
        panel.resize(900, 800);
        panel.show();

        QElapsedTimer opening;
        opening.start();
        m_painted = -1;
        bridge.openPreview(toPath(kAvatar), toPath(kVoice));
        QTRY_VERIFY_WITH_TIMEOUT(m_painted == 0, kPatienceMs);
        const qint64 firstPicture = opening.elapsed();
        playback.setLooping(true);
        playback.play();
        QTRY_COMPARE_WITH_TIMEOUT(playback.state(), PlaybackState::Playing, kPatienceMs);

        Offsets offsets;
        QTimer samples;
        samples.setTimerType(Qt::PreciseTimer);
        connect(&samples, &QTimer::timeout, this, [&] {
            if (playback.state() == PlaybackState::Playing && m_painted >= 0)
                offsets.values.push_back(
                    1000 * ((static_cast<double>(m_painted) + 0.5) / playback.frameRate() - clock->position()));
        });
        const PreviewStatistics before = bridge.previewStatistics();
        machine.restart();
        samples.start(4);
        test::runEventLoop(kWatched);
        samples.stop();
        const PreviewStatistics after = bridge.previewStatistics();
        playback.pause();
        m_view = nullptr;

        const auto dropped = static_cast<double>(after.dropped - before.dropped);
        const double all = dropped + static_cast<double>(after.computed - before.computed);
        qInfo("%s: first picture on the screen after %lld ms; picture against sound mean %.1f ms, distance p50 %.1f, "
              "p95 %.1f, p99 %.1f, longest %.1f ms of %zu; %.0f of %.0f frames dropped.",
              name, firstPicture, offsets.mean(), offsets.distance(0.5), offsets.distance(0.95), offsets.distance(0.99),
              offsets.distance(1), offsets.values.size(), dropped, all);
        if (offsets.values.size() <= kFewestLooks || all <= kFewestFrames)
            missed = QStringLiteral("%1: only %2 looks at %3 frames")
                         .arg(QLatin1String(name))
                         .arg(offsets.values.size())
                         .arg(all);
        else if (std::abs(offsets.mean()) > kMostOffsetMs || offsets.distance(0.95) > kMostOffsetMs)
            missed = QStringLiteral("%1: the picture is further than %2 ms from its sound")
                         .arg(QLatin1String(name))
                         .arg(kMostOffsetMs);
        else if (dropped > kMostDropped * all)
            missed = QStringLiteral("%1: %2 of %3 frames were dropped").arg(QLatin1String(name)).arg(dropped).arg(all);
    }

private Q_SLOTS:
    void initTestCase() { m_engine = std::move(createEngine().value()); }

    void pictureAndSoundKeepTogetherAtRest()
    {
        VERIFY_JUDGED(
            test::judge([this](test::MachineWatch& machine, QString& missed) { watch("at rest", machine, missed); }));
    }

    void pictureAndSoundKeepTogetherBesideAnExport()
    {
        ExportRequest request;
        request.avatar = toPath(kAvatar);
        request.voice = toPath(kVoice);
        request.output = toPath(m_folder.filePath(QStringLiteral("beside.mp4")));
        request.overwrite = true;
        std::atomic<bool> isExporting = false;
        std::unique_ptr<Export> running;
        std::int64_t exported = 0;
        const auto start = [&] {
            isExporting = true;
            running = m_engine->startExport(
                request, {[](const ExportProgress&) {}, [&](const Result<ExportReport>&) { isExporting = false; }});
            ++exported;
        };
        start();
        QTimer again; // another one as soon as one has ended
        connect(&again, &QTimer::timeout, this, [&] {
            if (!isExporting)
                start();
        });
        again.start(20);
        const test::Judgement judged = test::judge(
            [this](test::MachineWatch& machine, QString& missed) { watch("beside an export", machine, missed); });
        again.stop();
        QVERIFY(exported >= 1);
        running.reset();
        VERIFY_JUDGED(judged);
    }
};

int main(int argc, char** argv)
{
    prepareProcess();
    QApplication application(argc, argv);
    AvOffsetTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "av_offset_test.moc"

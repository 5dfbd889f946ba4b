// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine.h"
#include "support/test_avatar.h"
#include "ui/actions/studio_actions.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_actions.h"
#include "ui/main_window/main_window.h"
#include "ui/playback/timer_clock.h"
#include "ui/preview/picture_view.h"
#include "ui/support/fake_sound.h"
#include "ui/support/hand_project_clock.h"
#include "ui/support/heard_notices.h"
#include "ui/support/scripted_dialogs.h"

#include <cmath>
#include <cstdlib>

#include <QAction>
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QLabel>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

constexpr int kPatienceMs = 30000; // a loaded machine of two cores
constexpr double kSeconds = 2;
constexpr double kLongSeconds = 120; // not over before a loaded machine has pressed the next button
constexpr int kSampleRate = 16000;

const QString kDemoAvatar = QStringLiteral(LIPSYNC_SOURCE_DIR "/resources/avatars/demo.avatar");

void append(QByteArray& bytes, quint32 value, int count)
{
    for (int i = 0; i < count; ++i)
        bytes.append(static_cast<char>(value >> (8 * i)));
}

// A voice of swelling tones as a 16-bit mono WAV file.
bool writeVoice(const QString& name, double seconds)
{
    const auto samples = static_cast<quint32>(seconds * kSampleRate);
    QByteArray wav("RIFF");
    append(wav, 36 + 2 * samples, 4);
    wav += "WAVEfmt ";
    append(wav, 16, 4);
    append(wav, 1, 2); // PCM
    append(wav, 1, 2); // mono
    append(wav, kSampleRate, 4);
    append(wav, 2 * kSampleRate, 4);
    append(wav, 2, 2);
    append(wav, 16, 2);
    wav += "data";
    append(wav, 2 * samples, 4);
    for (quint32 i = 0; i < samples; ++i) {
        const double time = static_cast<double>(i) / kSampleRate;
        const double swell = 0.5 - 0.5 * std::cos(2 * M_PI * 3 * time);
        append(wav, static_cast<quint32>(static_cast<qint16>(12000 * swell * std::sin(2 * M_PI * 180 * time))) & 0xFFFF,
               2);
    }
    QFile file(name);
    return file.open(QIODevice::WriteOnly) && file.write(wav) == wav.size();
}

ClockFactory silentClocks()
{
    return [](const std::shared_ptr<const VoiceSound>&) -> std::unique_ptr<PlaybackClock> {
        return std::make_unique<TimerClock>();
    };
}

} // namespace

/// The real window on the real engine with the demo avatar (or a small one where that is missing).
class StudioTest final : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_avatar;
    QString m_voice;
    QString m_longVoice;
    test::ScriptedDialogs m_dialogs;
    test::HeardNotices m_notices;
    test::FakeSoundInputs m_sounds;
    test::HandProjectClock m_projectClock;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<MainWindow> m_window;
    std::int64_t m_shown = -1; ///< frame of the picture on screen

    PlaybackController& playback() { return m_window->playback(); }
    QAction* action(const char* id) { return m_window->actions().action(QString::fromLatin1(id)); }

    /// The first job in the queue, or one that is nothing yet.
    ExportJob firstJob()
    {
        const ExportJob* job = m_window->desk().exports.job(0);
        return job ? *job : ExportJob();
    }

    void openDesk() { openDesk(m_voice); }

    void openDesk(const QString& voice)
    {
        m_window->library().open(toPath(m_avatar), toPath(voice));
        QTRY_COMPARE_WITH_TIMEOUT(m_shown, 0, kPatienceMs);
    }

    void makeWindow()
    {
        m_window = std::make_unique<MainWindow>(WindowServices{*m_engine, m_dialogs, m_notices, *m_settings,
                                                               silentClocks(), m_sounds, m_projectClock,
                                                               exportFormats(), toPath(m_folder.path())});
        m_shown = -1;
        connect(&playback(), &PlaybackController::pictureChanged, this,
                [this](const auto& picture) { m_shown = picture->frame; });
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (QFileInfo::exists(kDemoAvatar + QStringLiteral("/avatar.json"))) {
            m_avatar = kDemoAvatar;
        } else {
            qWarning("resources/avatars/demo.avatar is not there: a small avatar with formula weights stands in.");
            m_avatar = m_folder.filePath(QStringLiteral("formula.avatar"));
            const Status made = test::makeTestAvatar(toPath(m_avatar));
            QVERIFY2(made, made ? "" : made.error().message.c_str());
        }
        m_voice = m_folder.filePath(QStringLiteral("tones.wav"));
        QVERIFY(writeVoice(m_voice, kSeconds));
        m_longVoice = m_folder.filePath(QStringLiteral("long.wav"));
        QVERIFY(writeVoice(m_longVoice, kLongSeconds));
    }

    void init()
    {
        m_settings =
            std::make_unique<QSettings>(m_folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        m_settings->clear();
        m_dialogs = {};
        m_notices = {};
        m_engine = std::move(createEngine().value());
        QFile::remove(m_folder.filePath(QStringLiteral("exports.journal")));
        makeWindow();
    }

    void cleanup()
    {
        m_window.reset();
        m_engine.reset();
    }

    void theFirstPictureComesByItself()
    {
        openDesk();
        // The last feature window has no sound to look ahead to, so a frame may be missing at the end.
        QVERIFY(playback().frames() >= kSeconds * 25 - 2 && playback().frames() <= kSeconds * 25);
        const auto* view = m_window->findChild<PictureView*>();
        QCOMPARE(view->image().width(), m_window->library().avatar()->width);
        QVERIFY(m_window->library().sound());
    }

    void playAdvancesAndPauseHolds()
    {
        openDesk(m_longVoice);
        action(action_id::kPlay)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(m_shown >= 12, kPatienceMs);
        action(action_id::kPlay)->trigger();
        QCOMPARE(playback().state(), PlaybackState::Paused);
        const std::int64_t held = playback().frame();
        QTRY_COMPARE_WITH_TIMEOUT(m_shown, held, kPatienceMs);
        QCoreApplication::processEvents();
        QCOMPARE(playback().frame(), held);
    }

    void scrubShowsTheFrameThatIsAskedFor()
    {
        openDesk();
        for (const std::int64_t frame : {std::int64_t{30}, std::int64_t{7}, playback().frames() - 1, std::int64_t{0}}) {
            playback().showFrame(frame);
            QTRY_COMPARE_WITH_TIMEOUT(m_shown, frame, kPatienceMs);
        }
    }

    void frameStepsShowTheNeighbours()
    {
        openDesk();
        action(action_id::kNextFrame)->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(m_shown, 1, kPatienceMs);
        action(action_id::kLastFrame)->trigger();
        action(action_id::kPreviousFrame)->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(m_shown, playback().frames() - 2, kPatienceMs);
    }

    void anExportIsWrittenWhole()
    {
        openDesk();
        const QString output = m_folder.filePath(QStringLiteral("whole.mp4"));
        m_window->desk().exportDraft.setOutput(output);
        action(action_id::kExportNow)->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(firstJob().state, ExportJobState::Done, 2 * kPatienceMs);
        QVERIFY(QFileInfo(output).size() > 10000);
        const auto probe = m_engine->describeVoice(toPath(output)); // its sound is the voice
        QVERIFY2(probe, probe ? "" : probe.error().message.c_str());
        QVERIFY(std::abs(probe->seconds - kSeconds) < 0.1);
        QCOMPARE(m_notices.sentences.size(), 1);
        QVERIFY(m_notices.sentences.first().contains(QStringLiteral("whole.mp4")));
    }

    void aCancelledExportLeavesNothing()
    {
        openDesk(m_longVoice);
        QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("cancelled")));
        m_window->desk().exportDraft.setOutput(m_folder.filePath(QStringLiteral("cancelled/part.mp4")));
        action(action_id::kExportNow)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(firstJob().progress.framesDone > 0, kPatienceMs);
        m_window->desk().exportQueue.cancel(firstJob().id);
        QTRY_COMPARE_WITH_TIMEOUT(firstJob().state, ExportJobState::Cancelled, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(QDir(m_folder.filePath(QStringLiteral("cancelled"))).isEmpty(), kPatienceMs);
    }

    void aFileThatIsNoVoiceLeavesThePreviewAsItWas()
    {
        openDesk();
        const QString text = m_folder.filePath(QStringLiteral("text.wav"));
        QFile file(text);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("this is no sound");
        file.close();
        QSignalSpy refused(&m_window->library(), &LibraryModel::refused);
        m_window->library().openVoice(toPath(text));
        QTRY_COMPARE_WITH_TIMEOUT(refused.count(), 1, kPatienceMs);
        QVERIFY(refused.first().first().toString().contains(QStringLiteral("text.wav")));
        playback().showFrame(5);
        QTRY_COMPARE_WITH_TIMEOUT(m_shown, 5, kPatienceMs);
    }

    void closingWhilePlayingDoesNotHang()
    {
        openDesk(m_longVoice);
        action(action_id::kPlay)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(playback().isPlaying(), kPatienceMs);
        QElapsedTimer timer;
        timer.start();
        m_window->close();
        QVERIFY(!m_window->isVisible());
        m_window.reset();
        // Far less than the rest of the voice takes, and more than a loaded machine needs for a few frames.
        QVERIFY2(timer.elapsed() < kPatienceMs, qPrintable(QString::number(timer.elapsed())));
    }

    void anExportGoesOnWhereItStoppedWhenTheWindowWasClosed()
    {
        openDesk(m_longVoice);
        m_dialogs.agrees = true;
        const QString output = m_folder.filePath(QStringLiteral("closed.mp4"));
        m_window->desk().exportDraft.setOutput(output);
        action(action_id::kExportNow)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(firstJob().progress.framesDone > 0, kPatienceMs);
        m_window->close();
        QVERIFY(!m_window->isVisible());
        m_window.reset();
        QVERIFY(!QFileInfo::exists(output));
        makeWindow();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->desk().exports.rowCount() == 1, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(firstJob().state, ExportJobState::Running, kPatienceMs);
        m_window->desk().exportQueue.cancel(firstJob().id);
        QTRY_COMPARE_WITH_TIMEOUT(firstJob().state, ExportJobState::Cancelled, kPatienceMs);
    }
};

int main(int argc, char** argv)
{
    prepareProcess();
    QApplication application(argc, argv);
    StudioTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "studio_test.moc"

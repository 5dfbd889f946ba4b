// SPDX-License-Identifier: GPL-3.0-or-later
// Live speech with the real engine and a real microphone of a sound server that the test starts for itself: the monitor
// of a null sink, into which the test plays.

#include "engine.h"
#include "support/test_avatar.h"
#include "ui/live/live_model.h"
#include "ui/live/microphone.h"

#include <cmath>
#include <csignal>
#include <filesystem>
#include <numbers>
#include <string>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QFile>
#include <QProcess>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

constexpr int kPatienceMs = 30000;

/// A sound server of one's own in a folder of its own; ended by its process id when this goes.
class SoundServer {
public:
    SoundServer(const std::string& folder, const std::string& socket)
        : m_words{"pulseaudio",
                  "-n",
                  "--daemonize=no",
                  "--use-pid-file=no",
                  "--exit-idle-time=-1",
                  "--disable-shm=yes",
                  "--log-level=error",
                  "--load=module-native-protocol-unix auth-anonymous=1 socket=" + socket,
                  "--load=module-null-sink sink_name=stage rate=48000 channels=2",
                  "--load=module-remap-source source_name=stand master=stage.monitor "
                  "source_properties=device.description=Stand"}
        , m_variables{"PATH=" + qgetenv("PATH").toStdString(), "HOME=" + folder, "XDG_RUNTIME_DIR=" + folder,
                      "PULSE_RUNTIME_PATH=" + folder, "PULSE_STATE_PATH=" + folder}
    {
    }
    ~SoundServer()
    {
        if (m_process <= 0)
            return;
        ::kill(m_process, SIGTERM);
        ::waitpid(m_process, nullptr, 0);
    }

    /// Whether it runs and has the microphone.
    bool start()
    {
        auto words = pointers(m_words), variables = pointers(m_variables);
        if (::posix_spawnp(&m_process, "pulseaudio", nullptr, nullptr, words.data(), variables.data()) != 0)
            return false;
        return QTest::qWaitFor(
            [&] {
                QProcess list;
                list.start(QStringLiteral("pactl"),
                           {QStringLiteral("list"), QStringLiteral("short"), QStringLiteral("sources")});
                return list.waitForFinished() && list.readAllStandardOutput().contains("stand");
            },
            kPatienceMs);
    }

private:
    static std::vector<char*> pointers(std::vector<std::string>& words)
    {
        std::vector<char*> all;
        for (std::string& word : words)
            all.push_back(word.data());
        all.push_back(nullptr);
        return all;
    }

    std::vector<std::string> m_words, m_variables;
    pid_t m_process = 0;
};

/// Asks the sound server for something, as a person would.
bool command(const QStringList& words)
{
    QProcess pactl;
    pactl.start(QStringLiteral("pactl"), words);
    return pactl.waitForFinished() && pactl.exitCode() == 0;
}

bool hasSoundServer()
{
    return !QStandardPaths::findExecutable(QStringLiteral("pulseaudio")).isEmpty() &&
        !QStandardPaths::findExecutable(QStringLiteral("pacat")).isEmpty();
}

} // namespace

class StudioLiveTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        prepareProcess();
        const std::filesystem::path folder = m_temporary.path().toStdString();
        m_avatar = folder / "small.avatar";
        QVERIFY(test::makeTestAvatar(m_avatar).has_value());
        // No sound server of the machine has a say here.
        qputenv("PULSE_SERVER", "unix:" + socket().toLocal8Bit());
        m_engine = std::move(createEngine({.plan = defaultPlan(2), .workerProgram = {}}).value());
    }

    void aMicrophoneThatIsPluggedInAppears()
    {
        if (!hasSoundServer())
            QSKIP("PulseAudio is not installed: nobody checks here that a microphone appears");
        SoundServer server(m_temporary.path().toStdString(), socket().toStdString());
        QVERIFY2(server.start(), "the sound server does not run");
        QVERIFY(command({"unload-module", "module-remap-source"}));
        QSettings settings(m_temporary.filePath(QStringLiteral("plugged.ini")), QSettings::IniFormat);
        EnginePost post;
        LiveBridge bridge(*m_engine, post);
        MicrophoneInputs inputs;
        LiveModel model(bridge, inputs, settings);
        // The panel asks again and again while it is seen: Qt 6.4 does not tell of what comes later.
        model.findInputs();
        const auto names = [&] {
            QStringList all;
            for (const SoundInput& input : model.inputs())
                all << input.name;
            return all.join(u'|');
        };
        QTRY_VERIFY2_WITH_TIMEOUT((model.findInputs(), !names().contains(QStringLiteral("Stand"))), qPrintable(names()),
                                  kPatienceMs);
        QVERIFY(command({"load-module", "module-remap-source", "source_name=stand", "master=stage.monitor",
                         "source_properties=device.description=Stand"}));
        QTRY_VERIFY2_WITH_TIMEOUT((model.findInputs(), names().contains(QStringLiteral("Stand"))), qPrintable(names()),
                                  kPatienceMs);
        QVERIFY(command({"unload-module", "module-remap-source"}));
        QTRY_VERIFY2_WITH_TIMEOUT((model.findInputs(), !names().contains(QStringLiteral("Stand"))), qPrintable(names()),
                                  kPatienceMs);
    }

    void aVirtualMicrophoneMovesTheMouthAndSilenceIdles()
    {
        if (!hasSoundServer())
            QSKIP("PulseAudio is not installed: nobody checks here that a microphone is heard");
        SoundServer server(m_temporary.path().toStdString(), socket().toStdString());
        QVERIFY2(server.start(), "the sound server does not run");
        QSettings settings(m_temporary.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        EnginePost post;
        LiveBridge bridge(*m_engine, post);
        MicrophoneInputs inputs;
        LiveModel model(bridge, inputs, settings);
        QTRY_VERIFY_WITH_TIMEOUT((model.findInputs(), !model.inputs().isEmpty()), kPatienceMs);
        QVERIFY2(model.inputs().front().name.contains(QStringLiteral("Stand")),
                 qPrintable(model.inputs().front().name));
        int pictures = 0;
        connect(&model, &LiveModel::pictureMade, this, [&] { ++pictures; });
        model.setAvatar(m_avatar);
        model.start();
        QTRY_COMPARE_WITH_TIMEOUT(model.state(), LiveState::Live, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(pictures > 10, kPatienceMs);
        QVERIFY(model.statistics().isIdle);
        QCOMPARE(model.statistics().computed, std::int64_t{0});
        QProcess player;
        play(player);
        QTRY_VERIFY_WITH_TIMEOUT(model.level() > -20, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(model.statistics().computed > 25, kPatienceMs);
        QVERIFY(!model.statistics().isIdle);
        const double delay = model.statistics().delayMs;
        qInfo("delay from the arrival of a sound to its picture: %.0f ms", delay);
        QVERIFY(delay > 280); // the network hears so much of what follows a frame
        player.terminate();
        player.waitForFinished();
        QTRY_VERIFY_WITH_TIMEOUT(model.statistics().isIdle, kPatienceMs);
        QCOMPARE(model.message(), QString());
        model.stop();
        QCOMPARE(model.state(), LiveState::Off);
        model.start(); // the device opens again
        QTRY_COMPARE_WITH_TIMEOUT(model.state(), LiveState::Live, kPatienceMs);
        play(player);
        QTRY_VERIFY_WITH_TIMEOUT(model.level() > -20, kPatienceMs);
        player.terminate();
        player.waitForFinished();
    }

private:
    QString socket() const { return m_temporary.filePath(QStringLiteral("native")); }

    // A minute of sound, at the most.
    void play(QProcess& player)
    {
        QByteArray sound;
        for (int i = 0; i < 60 * 16000; ++i) {
            const auto sample = static_cast<qint16>(12000 * std::sin(2 * std::numbers::pi * 300 * i / 16000.0));
            sound.append(reinterpret_cast<const char*>(&sample), sizeof(sample));
        }
        const QString file = m_temporary.filePath(QStringLiteral("tone.raw"));
        QFile raw(file);
        QVERIFY(raw.open(QIODevice::WriteOnly));
        raw.write(sound);
        raw.close();
        player.start(QStringLiteral("pacat"),
                     {QStringLiteral("--playback"), QStringLiteral("--raw"), QStringLiteral("--rate=16000"),
                      QStringLiteral("--channels=1"), QStringLiteral("--format=s16le"),
                      QStringLiteral("--device=stage"), file});
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_avatar;
    std::unique_ptr<Engine> m_engine;
};

int main(int argc, char** argv)
{
    qputenv("QT_MEDIA_BACKEND", "ffmpeg"); // as the studio does
    QCoreApplication application(argc, argv);
    StudioLiveTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "studio_live_test.moc"

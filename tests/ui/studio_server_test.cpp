// SPDX-License-Identifier: GPL-3.0-or-later
// The server of the real studio: switched on by hand, called by gRPC from here and from another process, stopped while
// calls are under way.

#include "support/resident_memory.h"
#include "support/test_avatar.h"
#include "ui/server/server_actions.h"
#include "ui/server/server_panel.h"
#include "ui/support/playing_desk.h"
#include "ui/support/speech_client.h"

#include <atomic>
#include <filesystem>
#include <future>
#include <iostream>
#include <iterator>
#include <string>

#include <QApplication>
#include <QProcess>
#include <QTreeView>

using namespace lipsync;
using namespace lipsync::ui;
using namespace lipsync::ui::action_id;

using test::avatarsAt;
using test::speak;
using test::Spoken;

namespace {

constexpr int kPatienceMs = test::PlayingDesk::kLongPatienceMs;
constexpr double kSeconds = 1;
constexpr double kLongSeconds = 4;
constexpr int kUnheard = 12; // frames at most whose sound is not known while more may follow: the network looks 8 ahead
constexpr int kToggles = 60;
constexpr int kWarmToggles = 20; // after which libraries have their threads and files
constexpr int kTolerance = 5; // threads and files that come and go by themselves
constexpr double kMostGrowth = 1.05; // of memory: an avatar may be half open
constexpr const char* kCallArgument = "--call";

/// The client as a program of its own: says what it got.
int callAsAnotherProcess(const std::string& address)
{
    const QStringList avatars = avatarsAt(address);
    if (avatars.isEmpty())
        return 1;
    const Spoken spoken = speak(address, avatars.first().toStdString(), kSeconds);
    std::cout << avatars.join(u',').toStdString() << ' ' << spoken.frames << '\n';
    return spoken.status.ok() ? 0 : 1;
}

/// A call that is under way until the server ends it.
class OpenCall {
public:
    explicit OpenCall(const std::string& address)
        : m_call(std::async(std::launch::async,
                            [this, address] { return speak(address, "demo", kLongSeconds, &m_speech); }))
    {
    }
    ~OpenCall() { m_speech.context.TryCancel(); }

    std::int64_t arrived() const { return m_speech.arrived; }
    Spoken result() { return m_call.get(); }

private:
    test::OpenSpeech m_speech;
    std::future<Spoken> m_call; ///< last: it uses the above
};

std::ptrdiff_t entriesOf(const char* folder)
{
    return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
}

/// What this process holds.
struct Held {
    std::ptrdiff_t threads = entriesOf("/proc/self/task");
    std::ptrdiff_t files = entriesOf("/proc/self/fd");
    double memoryMb = test::residentMb();
};

/// The studio with the demo, and its server.
struct ServingDesk : test::PlayingDesk {
    using PlayingDesk::PlayingDesk;

    ServerModel& server() { return models().server; }
    std::string address() { return server().endpoint().toStdString(); }
    void set(const std::function<void(ServerSettings&)>& change)
    {
        ServerSettings settings = server().settings();
        change(settings);
        server().setSettings(settings);
    }
    /// With a port that is free.
    bool openDemo()
    {
        set([](ServerSettings& settings) { settings.port = 0; });
        return open() && QTest::qWaitFor([&] { return server().canStart(); }, kPatienceMs);
    }
    bool switchOn()
    {
        action(kServe)->trigger();
        return QTest::qWaitFor([&] { return server().state() == ServerState::On; }, kPatienceMs) && isReady();
    }
    bool isReady()
    {
        return QTest::qWaitFor(
            [&] {
                const auto& avatars = server().statistics().avatars;
                return !avatars.empty() && avatars.front().state == "ready";
            },
            kPatienceMs);
    }
    bool switchOff()
    {
        action(kServe)->trigger();
        return isOff();
    }
    bool isOff()
    {
        return QTest::qWaitFor([&] { return server().state() == ServerState::Off; }, kPatienceMs);
    }
};

} // namespace

class StudioServerTest final : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

private Q_SLOTS:
    void anotherProcessIsServedAndCountedWhileThePreviewPlays()
    {
        ServingDesk desk;
        QVERIFY(desk.openDemo());
        QVERIFY(desk.switchOn());
        desk.action(action_id::kPlay)->trigger();
        QVERIFY(desk.goesOn());
        QProcess client;
        client.start(QCoreApplication::applicationFilePath(),
                     {QString::fromLatin1(kCallArgument), desk.server().endpoint()});
        QVERIFY(QTest::qWaitFor([&] { return client.state() == QProcess::NotRunning; }, kPatienceMs));
        QCOMPARE(client.exitCode(), 0);
        const QString said = QString::fromUtf8(client.readAllStandardOutput()).trimmed();
        QCOMPARE(said.section(u' ', 0, 0), QStringLiteral("demo"));
        QVERIFY2(said.section(u' ', 1).toInt() >= 20, qPrintable(said)); // of a second of 25 frames, those heard whole
        QTRY_COMPARE_WITH_TIMEOUT(desk.server().calls().rowCount(), 2, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(desk.server().methods().rowCount(), 2, kPatienceMs);
        const auto* calls = desk.control<ServerPanel, QTreeView>("servedCalls");
        const auto cell = [&](int column) { return calls->model()->index(0, column).data().toString(); };
        QCOMPARE(cell(ServedCallModel::Method), QStringLiteral("LipSync/Speak"));
        QCOMPARE(cell(ServedCallModel::Avatar), QStringLiteral("demo"));
        QCOMPARE(cell(ServedCallModel::Ended), QStringLiteral("done"));
        QCOMPARE(cell(ServedCallModel::Frames), said.section(u' ', 1));
        QVERIFY(cell(ServedCallModel::From).startsWith(QStringLiteral("127.0.0.1:")));
        QVERIFY(desk.said<ServerPanel>("muted").contains(QStringLiteral("calls: 2 · failed: 0")));
        QVERIFY(desk.goesOn());
        QCOMPARE(desk.failures, 0);
        const auto* strip = desk.window->findChild<QLabel*>(QStringLiteral("server"));
        QVERIFY(strip->text().startsWith(QStringLiteral("server on ") + desk.server().endpoint()));
        QVERIFY(desk.switchOff());
        QCOMPARE(strip->text(), QStringLiteral("server off"));
        QVERIFY(desk.goesOn());
    }

    void aPortThatIsTakenIsSaid()
    {
        ServingDesk desk;
        QVERIFY(desk.openDemo());
        ServerOptions options;
        options.listen = "127.0.0.1:0";
        auto other = desk.engine->startServer(options);
        QVERIFY(other.has_value());
        const QString taken = QString::fromStdString((*other)->address());
        desk.set([&](ServerSettings& settings) { settings.port = taken.section(u':', -1).toInt(); });
        desk.action(kServe)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!desk.server().refusal().isEmpty(), kPatienceMs);
        QVERIFY(desk.said<ServerPanel>("failure").contains(QStringLiteral("another program has the port")));
        QCOMPARE(desk.server().state(), ServerState::Off);
        desk.set([](ServerSettings& settings) { settings.host = QStringLiteral("0.0.0.0"); });
        desk.action(kServe)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(desk.server().refusal().contains(QStringLiteral("open to the network")), kPatienceMs);
        desk.set([](ServerSettings& settings) {
            settings.host = QStringLiteral("127.0.0.1");
            settings.port = 0;
        });
        QVERIFY(desk.switchOn());
        QCOMPARE(desk.said<ServerPanel>("failure"), QString());
    }

    void aTokenThatTheDockMadeIsAskedFor()
    {
        ServingDesk desk;
        QVERIFY(desk.openDemo());
        desk.dialogs.newFile = m_folder.filePath(QStringLiteral("tokens"));
        desk.action(kNewToken)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!desk.server().settings().tokenFile.isEmpty(), kPatienceMs);
        QVERIFY(desk.switchOn());
        QCOMPARE(avatarsAt(desk.address()), QStringList());
        QTRY_COMPARE_WITH_TIMEOUT(desk.server().calls().rowCount(), 1, kPatienceMs);
        QCOMPARE(desk.server().calls().index(0, ServedCallModel::Ended).data().toString(),
                 QStringLiteral("no valid token"));
    }

    void aStopLosesNoCall()
    {
        ServingDesk desk;
        QVERIFY(desk.openDemo());
        QVERIFY(desk.switchOn());
        const std::string address = desk.address();
        const Spoken whole = speak(address, "demo", kLongSeconds);
        QVERIFY(whole.status.ok());
        OpenCall call(address);
        QTRY_VERIFY_WITH_TIMEOUT(call.arrived() >= whole.frames - kUnheard && desk.server().hasOpenCalls(),
                                 kPatienceMs);
        desk.action(kServe)->trigger();
        QCOMPARE(desk.server().state(), ServerState::Stopping);
        QVERIFY(desk.said<ServerPanel>("title").contains(QStringLiteral("Stopping: 1 call")));
        QVERIFY(desk.isOff());
        const Spoken spoken = call.result();
        QCOMPARE(spoken.frames, whole.frames);
        QCOMPARE(spoken.status.error_code(), grpc::StatusCode::UNAVAILABLE); // more could have followed
    }

    void closingTheWindowAsksAndFinishesCallsFirst()
    {
        ServingDesk desk;
        QVERIFY(desk.openDemo());
        QVERIFY(desk.switchOn());
        const std::string address = desk.address();
        const Spoken whole = speak(address, "demo", kLongSeconds);
        OpenCall call(address);
        QTRY_VERIFY_WITH_TIMEOUT(call.arrived() >= whole.frames - kUnheard && desk.server().hasOpenCalls(),
                                 kPatienceMs);
        desk.window->close();
        QVERIFY(desk.window->isVisible()); // the question was dismissed
        QVERIFY(desk.dialogs.questions.last().contains(QStringLiteral("being served")));
        QCOMPARE(desk.server().state(), ServerState::On);
        desk.dialogs.agrees = true;
        desk.dialogs.answer = 1; // not to save the project
        desk.window->close();
        QCOMPARE(desk.server().state(), ServerState::Stopping);
        QVERIFY(desk.window->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(!desk.window->isVisible(), kPatienceMs);
        QCOMPARE(desk.server().state(), ServerState::Off);
        const Spoken spoken = call.result();
        QCOMPARE(spoken.frames, whole.frames);
        QCOMPARE(spoken.status.error_code(), grpc::StatusCode::UNAVAILABLE); // more could have followed
    }

    void theServerGoesWithTheWindow()
    {
        ServingDesk desk;
        QVERIFY(desk.openDemo());
        QVERIFY(desk.switchOn());
        const std::string address = desk.address();
        QCOMPARE(avatarsAt(address), QStringList{QStringLiteral("demo")});
        QTRY_VERIFY_WITH_TIMEOUT(!desk.server().hasOpenCalls(), kPatienceMs);
        desk.dialogs.answer = 1; // not to save the project
        desk.window->close();
        QVERIFY(!desk.window->isVisible());
        const QString asked = desk.dialogs.questions.join(u'\n');
        QVERIFY2(!asked.contains(QStringLiteral("being served")), qPrintable(asked)); // nobody is kept waiting
        desk.window.reset();
        QCOMPARE(avatarsAt(address), QStringList());
    }

    void theStudioThatWasToldSoStartsWithItsServer()
    {
        ServingDesk desk;
        QVERIFY(desk.openDemo());
        desk.set([](ServerSettings& settings) { settings.startsWithStudio = true; });
        desk.window.reset();
        desk.make();
        QTRY_COMPARE_WITH_TIMEOUT(desk.server().state(), ServerState::On, kPatienceMs);
        QCOMPARE(avatarsAt(desk.address()), QStringList{QStringLiteral("demo")});
    }

    void switchingOnAndOffLeavesNothingBehind_data()
    {
        QTest::addColumn<bool>("plays");
        QTest::newRow("while the preview plays") << true;
        QTest::newRow("while nothing else happens") << false;
    }

    /// LIPSYNC_SERVER_TOGGLES sets another number of them. Memory is judged where nothing plays: a preview fills what is
    /// kept of the template.
    void switchingOnAndOffLeavesNothingBehind()
    {
        QFETCH(bool, plays);
        const auto library = std::filesystem::path(m_folder.path().toStdString()) / "library";
        std::filesystem::create_directories(library);
        QVERIFY(test::makeTestAvatar(library / "small.avatar").has_value());
        ServingDesk desk;
        QVERIFY(desk.openDemo());
        desk.set([&](ServerSettings& settings) {
            settings.servesLibrary = false;
            settings.folders = {QString::fromStdString(library.string())};
        });
        if (plays) {
            desk.action(action_id::kPlay)->trigger();
            QVERIFY(desk.goesOn());
        }
        bool hasNumber = false;
        const int wished = qEnvironmentVariableIntValue("LIPSYNC_SERVER_TOGGLES", &hasNumber);
        const int toggles = hasNumber ? wished : kToggles;
        Held warm;
        for (int toggle = 0; toggle < toggles; ++toggle) {
            desk.action(kServe)->trigger();
            QTRY_COMPARE_WITH_TIMEOUT(desk.server().state(), ServerState::On, kPatienceMs);
            QVERIFY(desk.switchOff());
            if (toggle + 1 == kWarmToggles)
                warm = Held();
        }
        const Held last;
        qInfo("after %d toggles: %td threads, %td files, %.0f MB; after %d: %td, %td and %.0f MB", kWarmToggles,
              warm.threads, warm.files, warm.memoryMb, toggles, last.threads, last.files, last.memoryMb);
        QTRY_VERIFY_WITH_TIMEOUT(Held().threads <= warm.threads + kTolerance, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(Held().files <= warm.files + kTolerance, kPatienceMs);
        if (plays)
            QVERIFY(desk.goesOn());
        else
            QTRY_VERIFY_WITH_TIMEOUT(Held().memoryMb <= kMostGrowth * warm.memoryMb, kPatienceMs);
        QCOMPARE(desk.failures, 0);
    }
};

int main(int argc, char** argv)
{
    if (argc == 3 && std::string(argv[1]) == kCallArgument)
        return callAsAnotherProcess(argv[2]);
    prepareProcess();
    QApplication::setStyle(QStringLiteral("fusion"));
    QApplication application(argc, argv);
    StudioServerTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "studio_server_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/engine_bridge/library_bridge.h"
#include "ui/engine_bridge/server_bridge.h"
#include "ui/forms/path_field.h"
#include "ui/library/library_list_model.h"
#include "ui/server/served_texts.h"
#include "ui/server/server_actions.h"
#include "ui/server/server_model.h"
#include "ui/server/server_panel.h"
#include "ui/server/server_setting.h"
#include "ui/settings/settings_model.h"
#include "ui/support/fake_engine.h"
#include "ui/support/measuring_desk.h"
#include "ui/support/scripted_dialogs.h"
#include "ui/support/widget_walk.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <memory>

using namespace lipsync;
using namespace lipsync::ui;
using namespace lipsync::ui::action_id;

namespace {

/// The server's panel over a fake engine and a library with an avatar.
struct Desk {
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    test::FakeEngine engine;
    LibraryBridge files{engine};
    LibraryListModel avatars{LibraryKind::Avatars, files, settings};
    ServerBridge bridge{engine};
    ServerModel model{bridge, avatars, settings};
    QAbstractItemModelTester methodTester{&model.methods(), QAbstractItemModelTester::FailureReportingMode::QtTest};
    QAbstractItemModelTester callTester{&model.calls(), QAbstractItemModelTester::FailureReportingMode::QtTest};
    ActionRegistry actions;
    test::ScriptedDialogs dialogs;
    std::unique_ptr<ServerPanel> panel;

    explicit Desk(bool hasAvatar = true)
    {
        addServerActions(actions);
        panel = std::make_unique<ServerPanel>(model, actions, dialogs);
        if (hasAvatar)
            addAvatar("anna.avatar");
    }
    void addAvatar(const char* name)
    {
        const int row = avatars.add(name);
        QTRY_VERIFY(avatars.state(row) != EntryState::Reading);
    }
    void start()
    {
        action(kServe)->trigger();
        QTRY_COMPARE(model.state(), ServerState::On);
    }
    void stop()
    {
        action(kServe)->trigger();
        QTRY_COMPARE(model.state(), ServerState::Off);
    }
    test::FakeServerRecord& record() { return *engine.servers.back(); }
    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }
    template <typename Widget> Widget* find(const char* name) const
    {
        return panel->findChild<Widget*>(QString::fromLatin1(name));
    }
    QString shown(const char* look) const { return test::MeasuringDesk::shown(*panel, look); }
};

ServerStatistics busyStatistics()
{
    ServerStatistics statistics;
    statistics.openCalls = 3;
    statistics.uptimeSeconds = 3725;
    statistics.accepted = 12;
    statistics.failed = 2;
    ServedMethod speak;
    speak.method = "/lipsync.v1.LipSync/Speak";
    speak.accepted = 10;
    speak.failed = 2;
    speak.latency.count = 10;
    speak.latency.p50Ms = 12.5;
    speak.latency.p99Ms = 40;
    ServedMethod list;
    list.method = "/lipsync.v1.LipSync/ListAvatars";
    list.accepted = 2;
    statistics.methods = {speak, list};
    statistics.avatars = {{"anna", "ready", "", 100}, {"bert", "failed", "Its network is damaged.", 0}};
    return statistics;
}

ServedCall callOf(const std::string& avatar, const std::string& status = "ok")
{
    ServedCall call;
    call.peer = "ipv4:127.0.0.1:4321";
    call.method = "/lipsync.v1.LipSync/Speak";
    call.avatar = avatar;
    call.status = status;
    call.frames = 25;
    call.durationMs = 1234.5;
    return call;
}

QString cell(const QAbstractItemModel& model, int row, int column, int role = Qt::DisplayRole)
{
    return model.index(row, column).data(role).toString();
}

} // namespace

/// The server dock: switched on and off, set and watched.
class ServerTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSwitchStartsAndStopsTheServer()
    {
        Desk desk;
        QVERIFY(desk.action(kServe)->isEnabled() && !desk.action(kServe)->isChecked());
        QVERIFY(!desk.action(kCopyEndpoint)->isEnabled());
        QCOMPARE(desk.model.statusText(), QStringLiteral("server off"));
        desk.start();
        QVERIFY(desk.action(kServe)->isChecked());
        QVERIFY(desk.action(kServe)->text().contains(QStringLiteral("Stop")));
        const ServerOptions& options = desk.record().options;
        QCOMPARE(options.listen, std::string("127.0.0.1:50051"));
        QCOMPARE(options.libraries, std::vector<std::filesystem::path>{"anna.avatar"});
        QVERIFY(options.tokenFile.empty() && options.certificateFile.empty() && options.metricsListen.empty());
        QCOMPARE(desk.shown("title").split(u'\n').first(), QStringLiteral("Serving at 127.0.0.1:50051"));
        QVERIFY(desk.model.statusText().startsWith(QStringLiteral("server on 127.0.0.1:50051, 0 call")));
        desk.stop();
        QVERIFY(!desk.action(kServe)->isChecked());
        QVERIFY(!desk.record().isAlive);
        QCOMPARE(desk.model.statusText(), QStringLiteral("server off"));
    }

    void whyItWasNotStartedIsSaid()
    {
        Desk desk;
        QSignalSpy refused(&desk.model, &ServerModel::refused), mended(&desk.model, &ServerModel::mended);
        desk.engine.serverRefusal = "'127.0.0.1:50051' cannot be listened on: another program has the port.";
        desk.action(kServe)->trigger();
        QTRY_COMPARE(refused.count(), 1);
        QCOMPARE(desk.model.state(), ServerState::Off);
        QVERIFY(!desk.action(kServe)->isChecked());
        QVERIFY(desk.shown("failure").contains(QStringLiteral("another program has the port")));
        desk.engine.serverRefusal.clear();
        desk.start();
        QCOMPARE(desk.shown("failure"), QString());
        QCOMPARE(mended.count(), 1);
        QCOMPARE(mended.first().first(), refused.first().first());
    }

    void callsAreCountedAndListed()
    {
        Desk desk;
        desk.start();
        QVERIFY(desk.shown("muted").contains(QStringLiteral("Nobody has called yet")));
        desk.record().setStatistics(busyStatistics());
        QTRY_COMPARE(desk.model.methods().rowCount(), 2);
        const auto& methods = desk.model.methods();
        QCOMPARE(cell(methods, 1, ServedMethodModel::Method), QStringLiteral("LipSync/Speak"));
        QCOMPARE(cell(methods, 1, ServedMethodModel::Calls), QStringLiteral("10"));
        QCOMPARE(cell(methods, 1, ServedMethodModel::Failed), QStringLiteral("2"));
        QCOMPARE(cell(methods, 1, ServedMethodModel::Median), QLocale().toString(12.5, 'f', 1) + QStringLiteral(" ms"));
        QCOMPARE(cell(methods, 0, ServedMethodModel::P99), QStringLiteral("–")); // none has ended
        QVERIFY(desk.model.statusText().contains(QStringLiteral(", 3 call")));
        const QString figures = desk.shown("muted");
        for (const char* part : {"Up 1:02:05", "under way: 3", "calls: 12", "failed: 2", "avatars ready: 1 of 2"})
            QVERIFY2(figures.contains(QString::fromLatin1(part)), qPrintable(figures));
        QVERIFY(desk.shown("failure").contains(QStringLiteral("bert is not served: Its network is damaged.")));
        desk.record().call(callOf("anna"));
        desk.record().call(callOf("bert", "overloaded"));
        QTRY_COMPARE(desk.model.calls().rowCount(), 2);
        const auto& calls = desk.model.calls();
        QCOMPARE(cell(calls, 0, ServedCallModel::Avatar), QStringLiteral("bert")); // the newest first
        QCOMPARE(cell(calls, 0, ServedCallModel::Ended), QStringLiteral("overloaded"));
        QCOMPARE(cell(calls, 1, ServedCallModel::From), QStringLiteral("127.0.0.1:4321"));
        QCOMPARE(cell(calls, 1, ServedCallModel::Ended), QStringLiteral("done"));
        QVERIFY(desk.find<QTreeView>("servedCalls")->isVisibleTo(desk.panel.get()));
        desk.stop();
        QVERIFY(desk.shown("muted").contains(QStringLiteral("calls: 12"))); // what it came to
        QVERIFY(!desk.shown("muted").contains(QStringLiteral("under way")));
    }

    void onlyTheLastCallsAreKept()
    {
        Desk desk;
        ServedCallModel& calls = desk.model.calls();
        std::vector<ServedCall> many(ServedCallModel::kMostCalls + 7, callOf("old"));
        many.back() = callOf("newest");
        calls.add(many);
        QCOMPARE(calls.rowCount(), static_cast<int>(ServedCallModel::kMostCalls));
        QCOMPARE(cell(calls, 0, ServedCallModel::Avatar), QStringLiteral("newest"));
        calls.add({callOf("one"), callOf("two")});
        QCOMPARE(calls.rowCount(), static_cast<int>(ServedCallModel::kMostCalls));
        QCOMPARE(cell(calls, 0, ServedCallModel::Avatar), QStringLiteral("two"));
        QCOMPARE(cell(calls, 2, ServedCallModel::Avatar), QStringLiteral("newest"));
    }

    void aFloodOfCallsDoesNotPileUp()
    {
        Desk desk;
        desk.start();
        std::size_t told = 0;
        connect(&desk.bridge, &ServerBridge::called, this, [&](const std::vector<ServedCall>& calls) {
            told += calls.size();
            QVERIFY(calls.size() <= ServerBridge::kMostWaiting);
        });
        test::fromAnotherThread([&] {
            for (int call = 0; call < 5000; ++call)
                desk.record().events.called(callOf(std::string(1 << 16, 'x')));
        });
        QTRY_COMPARE(told, ServerBridge::kMostWaiting); // the window was busy with waiting for that thread
        QVERIFY(cell(desk.model.calls(), 0, ServedCallModel::Avatar).size() <=
                static_cast<qsizetype>(ServerBridge::kLongestWord));
    }

    void whatClientsSayIsShownAsText()
    {
        Desk desk;
        ServedCall call = callOf("<img src=\"/etc/passwd\">\n\u202egnp");
        call.peer = "ipv6:%5B::1%5D:99";
        call.method = "no/slash.first";
        desk.model.calls().add({call});
        const auto& calls = desk.model.calls();
        QCOMPARE(cell(calls, 0, ServedCallModel::Avatar), QStringLiteral("<img src=\"/etc/passwd\"> gnp"));
        QVERIFY(cell(calls, 0, ServedCallModel::Avatar, Qt::ToolTipRole).startsWith(QStringLiteral("&lt;img")));
        QCOMPARE(cell(calls, 0, ServedCallModel::From), QStringLiteral("[::1]:99"));
        QCOMPARE(methodText("/inference.GRPCInferenceService/ModelInfer"),
                 QStringLiteral("GRPCInferenceService/ModelInfer"));
        QCOMPARE(methodText("/Plain/Call"), QStringLiteral("Plain/Call"));
        QCOMPARE(methodText(""), QString());
    }

    void aStopLetsCallsFinishAndSaysSo()
    {
        Desk desk;
        desk.engine.serversHoldCalls = true;
        desk.start();
        desk.record().setStatistics(busyStatistics());
        QTRY_VERIFY(desk.model.hasOpenCalls());
        desk.action(kServe)->trigger();
        QCOMPARE(desk.model.state(), ServerState::Stopping);
        QTRY_VERIFY(desk.record().isStopping);
        QVERIFY(desk.shown("title").contains(QStringLiteral("Stopping: 3 call")));
        QVERIFY(desk.model.statusText().contains(QStringLiteral("server stops, 3 call")));
        ServerStatistics fewer = busyStatistics();
        fewer.openCalls = 1;
        desk.record().setStatistics(fewer);
        QTRY_VERIFY(desk.shown("title").contains(QStringLiteral("Stopping: 1 call")));
        QVERIFY(desk.record().isAlive);
        desk.record().finishStopping();
        QTRY_COMPARE(desk.model.state(), ServerState::Off);
        QVERIFY(!desk.record().isAlive);
    }

    void aServerThatStopsCanBeWantedAgain()
    {
        Desk desk;
        desk.engine.serversHoldCalls = true;
        desk.start();
        desk.action(kServe)->trigger();
        desk.action(kServe)->trigger();
        QCOMPARE(desk.model.state(), ServerState::Stopping);
        QVERIFY(desk.action(kServe)->isChecked());
        QVERIFY(desk.shown("title").contains(QStringLiteral("starts again")));
        QTRY_VERIFY(desk.record().isStopping);
        desk.record().finishStopping();
        QTRY_COMPARE(desk.model.state(), ServerState::On);
        QCOMPARE(desk.engine.servers.size(), std::size_t{2});
        desk.action(kServe)->trigger(); // and off for good
        desk.action(kServe)->trigger();
        desk.action(kServe)->trigger();
        QVERIFY(!desk.action(kServe)->isChecked());
        QTRY_VERIFY(desk.record().isStopping);
        desk.record().finishStopping();
        QTRY_COMPARE(desk.model.state(), ServerState::Off);
        QCOMPARE(desk.engine.servers.size(), std::size_t{2});
    }

    void aStopWhileItStartsIsKept()
    {
        Desk desk;
        desk.action(kServe)->trigger();
        desk.action(kServe)->trigger();
        bool isDone = false;
        desk.model.stopThen([&] { isDone = true; });
        QTRY_COMPARE(desk.model.state(), ServerState::Off);
        QVERIFY(isDone);
        QCOMPARE(desk.engine.servers.size(), std::size_t{1});
        QVERIFY(!desk.record().isAlive);
        desk.engine.serverRefusal = "No.";
        desk.action(kServe)->trigger();
        isDone = false;
        desk.model.stopThen([&] { isDone = true; });
        QTRY_COMPARE(desk.model.state(), ServerState::Off);
        QVERIFY(isDone);
        isDone = false;
        desk.model.stopThen([&] { isDone = true; });
        QVERIFY(isDone); // it was off
    }

    void theFormIsWhatTheServerStartsWith()
    {
        Desk desk;
        desk.find<QComboBox>("serverHost")->setEditText(QStringLiteral("::1"));
        desk.find<QSpinBox>("serverPort")->setValue(6000);
        desk.find<PathField>("tokenFile")->setText(QStringLiteral("/keys/tokens"));
        desk.find<PathField>("serverCertificate")->setText(QStringLiteral("/keys/server.pem"));
        desk.find<PathField>("serverKey")->setText(QStringLiteral("/keys/server.key"));
        desk.find<PathField>("clientCertificates")->setText(QStringLiteral("/keys/clients.pem"));
        auto* metrics = desk.find<QLineEdit>("metricsListen");
        QTest::keyClicks(metrics, QStringLiteral("127.0.0.1:9464"));
        QTest::keyClicks(desk.find<QLineEdit>("webListen"), QStringLiteral("127.0.0.1:8086"));
        desk.dialogs.folder = QStringLiteral("/avatars");
        desk.find<QPushButton>("addServedFolder")->click();
        desk.start();
        const ServerOptions& options = desk.record().options;
        QCOMPARE(options.listen, std::string("[::1]:6000"));
        QCOMPARE(options.libraries, (std::vector<std::filesystem::path>{"anna.avatar", "/avatars"}));
        QCOMPARE(options.tokenFile, std::filesystem::path("/keys/tokens"));
        QCOMPARE(options.certificateFile, std::filesystem::path("/keys/server.pem"));
        QCOMPARE(options.keyFile, std::filesystem::path("/keys/server.key"));
        QCOMPARE(options.clientCertificatesFile, std::filesystem::path("/keys/clients.pem"));
        QCOMPARE(options.metricsListen, std::string("127.0.0.1:9464"));
        QCOMPARE(options.webListen, std::string("127.0.0.1:8086"));
        QVERIFY(desk.shown("muted").contains(QStringLiteral("http://127.0.0.1:9464/metrics")));
        QVERIFY(desk.shown("muted").contains(QStringLiteral("https://127.0.0.1:8086/")));
        desk.action(kCopyMetricsUrl)->trigger();
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("http://127.0.0.1:9464/metrics"));
    }

    void settingsAreRemembered()
    {
        Desk desk;
        desk.find<QComboBox>("serverHost")->setEditText(QStringLiteral(" 0.0.0.0 "));
        desk.find<QSpinBox>("serverPort")->setValue(0);
        desk.find<QCheckBox>("servesLibrary")->setChecked(false);
        desk.find<QCheckBox>("startsWithStudio")->setChecked(true);
        desk.dialogs.folder = QStringLiteral("/a");
        desk.find<QPushButton>("addServedFolder")->click();
        desk.dialogs.folder = QStringLiteral("/b");
        desk.find<QPushButton>("addServedFolder")->click();
        desk.find<QPushButton>("addServedFolder")->click(); // once is enough
        desk.find<QListWidget>("servedFolders")->setCurrentRow(0);
        desk.find<QPushButton>("removeServedFolder")->click();
        const ServerSettings& now = desk.model.settings();
        QCOMPARE(now.folders, QStringList{QStringLiteral("/b")});
        QVERIFY(now.host == QStringLiteral("0.0.0.0") && now.port == 0 && !now.servesLibrary && now.startsWithStudio);
        QVERIFY(readServerSettings(desk.settings) == now);
        ServerModel next(desk.bridge, desk.avatars, desk.settings);
        QVERIFY(next.settings() == now);
        desk.settings.setValue(QStringLiteral("server/port"), QStringLiteral("many"));
        desk.settings.setValue(QStringLiteral("server/host"), QStringLiteral(" "));
        QCOMPARE(readServerSettings(desk.settings).port, ServerSettings().port);
        QCOMPARE(readServerSettings(desk.settings).host, ServerSettings().host);
    }

    void theDialogOfSettingsHasTheStart()
    {
        Desk desk;
        SettingsModel settings;
        addServerSetting(settings, desk.model);
        QSignalSpy changed(&settings, &SettingsModel::dataChanged);
        desk.find<QCheckBox>("startsWithStudio")->setChecked(true);
        QVERIFY(changed.count() > 0);
        QCOMPARE(settings.index(0).data(SettingsModel::ValueRole), QVariant(true));
        QVERIFY(settings.setData(settings.index(0), false, SettingsModel::ValueRole));
        QVERIFY(!desk.find<QCheckBox>("startsWithStudio")->isChecked());
    }

    void whatIsChangedWhileItRunsIsToldToCountLater()
    {
        Desk desk;
        desk.start();
        const auto isTold = [&] { return desk.shown("muted").contains(QStringLiteral("once the server is started")); };
        QVERIFY(!isTold());
        desk.find<QCheckBox>("startsWithStudio")->setChecked(true);
        QVERIFY(!isTold()); // is of the next start anyway
        desk.find<QSpinBox>("serverPort")->setValue(6000);
        QVERIFY(isTold());
        desk.find<QSpinBox>("serverPort")->setValue(ServerSettings().port);
        QVERIFY(!isTold());
        desk.addAvatar("bert.avatar");
        QTRY_VERIFY(isTold());
        desk.stop();
        QVERIFY(!isTold());
    }

    void onlyAvatarsThatCanSpeakAreServed()
    {
        Desk desk(false);
        QVERIFY(!desk.action(kServe)->isEnabled());
        QVERIFY(desk.shown("muted").contains(QStringLiteral("nothing to serve")));
        desk.addAvatar("broken.avatar");
        desk.addAvatar("untrained.avatar");
        QVERIFY(!desk.action(kServe)->isEnabled());
        desk.addAvatar("anna.avatar");
        QTRY_VERIFY(desk.action(kServe)->isEnabled());
        desk.start();
        QCOMPARE(desk.record().options.libraries, std::vector<std::filesystem::path>{"anna.avatar"});
        desk.stop();
        desk.find<QCheckBox>("servesLibrary")->setChecked(false);
        QVERIFY(!desk.action(kServe)->isEnabled());
        desk.find<QCheckBox>("servesLibrary")->setChecked(true);
        desk.find<QComboBox>("serverHost")->setEditText(QString());
        QVERIFY(!desk.action(kServe)->isEnabled());
        QVERIFY(desk.shown("muted").contains(QStringLiteral("Give the address")));
    }

    void itStartsWithTheStudioOnceTheLibraryIsRead()
    {
        Desk desk(false);
        desk.model.startWhenRead();
        QVERIFY(desk.shown("title").contains(QStringLiteral("once the library is read")));
        QVERIFY(desk.action(kServe)->isChecked() && desk.action(kServe)->isEnabled());
        desk.avatars.add("anna.avatar");
        desk.avatars.add("bert.avatar");
        QTRY_COMPARE(desk.model.state(), ServerState::On);
        QCOMPARE(desk.record().options.libraries, (std::vector<std::filesystem::path>{"anna.avatar", "bert.avatar"}));
        Desk other(false);
        other.model.startWhenRead();
        other.action(kServe)->trigger(); // not after all
        other.addAvatar("anna.avatar");
        QCOMPARE(other.model.state(), ServerState::Off);
        QVERIFY(other.engine.servers.empty());
    }

    void anOpenAddressIsAdvisedOn()
    {
        Desk desk;
        const auto advice = [&] { return desk.model.settings().advice(); };
        QCOMPARE(advice(), QString());
        desk.find<QComboBox>("serverHost")->setEditText(QStringLiteral("0.0.0.0"));
        QVERIFY(advice().contains(QStringLiteral("token file")));
        QVERIFY(desk.shown("muted").contains(advice()));
        desk.find<PathField>("tokenFile")->setText(QStringLiteral("/keys/tokens"));
        QVERIFY(advice().contains(QStringLiteral("Without a certificate")));
        desk.find<PathField>("serverCertificate")->setText(QStringLiteral("/keys/server.pem"));
        QCOMPARE(advice(), QString());
        // Of an address that stands for all, clients are told the machine's name.
        desk.start();
        QCOMPARE(desk.model.endpoint(), QSysInfo::machineHostName() + QStringLiteral(":50051"));
    }

    void theAddressIsCopied()
    {
        Desk desk;
        QSignalSpy noticed(desk.panel.get(), &ServerPanel::noticed);
        desk.start();
        desk.action(kCopyEndpoint)->trigger();
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("127.0.0.1:50051"));
        QCOMPARE(noticed.count(), 1);
    }

    void aTokenIsMadeForItsOwnerAloneAndCopied()
    {
        Desk desk;
        const QString file = desk.folder.filePath(QStringLiteral("keys/tokens"));
        QVERIFY(!desk.action(kCopyToken)->isEnabled());
        desk.dialogs.newFile = file;
        desk.action(kNewToken)->trigger();
        QTRY_COMPARE(desk.model.settings().tokenFile, file);
        QCOMPARE(desk.find<PathField>("tokenFile")->text(), file);
        const auto owner = QFile::ReadOwner | QFile::WriteOwner;
        QCOMPARE(QFileInfo(file).permissions() & ~(QFile::ReadUser | QFile::WriteUser), owner);
        desk.action(kCopyToken)->trigger();
        QTRY_COMPARE(QApplication::clipboard()->text().size(), 43); // 256 bits in base 64
        const QString first = QApplication::clipboard()->text();
        desk.action(kNewToken)->trigger(); // dismissed: it exists
        QVERIFY(desk.dialogs.questions.last().contains(QStringLiteral("Replace")));
        desk.dialogs.agrees = true;
        QSignalSpy noticed(desk.panel.get(), &ServerPanel::noticed);
        desk.action(kNewToken)->trigger();
        QTRY_COMPARE(noticed.count(), 1);
        desk.action(kCopyToken)->trigger();
        QTRY_VERIFY(QApplication::clipboard()->text() != first);
        QCOMPARE(QFileInfo(file).permissions() & ~(QFile::ReadUser | QFile::WriteUser), owner);
        QCOMPARE(QDir(desk.folder.filePath(QStringLiteral("keys"))).entryList(QDir::Files).size(), 1);
    }

    void aTokenThatCannotBeMadeOrReadIsTold()
    {
        Desk desk;
        QSignalSpy failed(desk.panel.get(), &ServerPanel::failed);
        QFile blocking(desk.folder.filePath(QStringLiteral("file")));
        QVERIFY(blocking.open(QIODevice::WriteOnly));
        blocking.write("# nothing\n\n");
        blocking.close();
        desk.dialogs.newFile = blocking.fileName() + QStringLiteral("/tokens");
        desk.action(kNewToken)->trigger();
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(failed.last().first().toString().contains(QStringLiteral("could not be written")));
        QVERIFY(desk.model.settings().tokenFile.isEmpty());
        for (const QString& file : {blocking.fileName(), desk.folder.filePath(QStringLiteral("gone"))}) {
            desk.find<PathField>("tokenFile")->setText(file);
            const int before = static_cast<int>(failed.count());
            desk.action(kCopyToken)->trigger();
            QTRY_COMPARE(failed.count(), before + 1);
            QVERIFY(failed.last().first().toString().contains(file));
        }
    }

    void everyControlIsNamedReachedAndReadable()
    {
        Desk desk;
        desk.find<QComboBox>("serverHost")->setEditText(QStringLiteral("0.0.0.0"));
        desk.dialogs.folder = QStringLiteral("/avatars");
        desk.find<QPushButton>("addServedFolder")->click();
        desk.start();
        desk.record().setStatistics(busyStatistics());
        desk.record().call(callOf("anna"));
        QTRY_COMPARE(desk.model.calls().rowCount(), 1);
        QTRY_COMPARE(desk.model.methods().rowCount(), 2);
        desk.panel->resize(1200, 250);
        desk.panel->show();
        QCOMPARE(test::accessibilityFaults(*desk.panel), QStringList());
        QTRY_COMPARE(test::cutTexts(*desk.panel), QStringList());
        desk.panel->resize(400, 800);
        QTRY_COMPARE(test::cutTexts(*desk.panel), QStringList());
    }
};

QTEST_MAIN(ServerTest)
#include "server_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Four servers behind one address, by the very files of packaging/fleet: one is killed and one drained under load, and
// no call is lost that its client tries again.

#include "engine/serving/serving_fixture.h"
#include "served_fleet.h"

#include <array>
#include <fstream>

#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;

namespace {

constexpr int kServers = 4, kClients = 8;
constexpr int kCallsOfAPhase = 400;
constexpr int kPhaseMs = 60'000;

/// Where the files say that the balancer and its servers listen.
constexpr const char* kFrontAddress = "127.0.0.1:50050";
constexpr std::array kServerAddresses{"127.0.0.1:50051", "127.0.0.1:50052", "127.0.0.1:50053", "127.0.0.1:50054"};
constexpr std::array kHealthPorts{"port 9461", "port 9462", "port 9463", "port 9464"};

QString programFile(const QString& name)
{
    const auto found = QStandardPaths::findExecutable(name);
    return found.isEmpty() ? QStandardPaths::findExecutable(name, {"/usr/sbin", "/sbin"}) : found;
}

} // namespace

class FleetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = std::filesystem::path(m_temporary.path().toStdString());
        QVERIFY(test::makeLibrary(m_folder / "library").has_value());
    }

    void noCallIsLostThatIsTriedAgain_data()
    {
        QTest::addColumn<QString>("balancer");
        QTest::newRow("HAProxy") << "haproxy";
        QTest::newRow("nginx") << "nginx";
    }

    void noCallIsLostThatIsTriedAgain()
    {
        QFETCH(QString, balancer);
        const auto program = programFile(balancer);
        if (program.isEmpty())
            QSKIP(qPrintable(balancer + " is not here (a Debian package of the same name)."));
        const auto folder = m_folder / balancer.toStdString();
        std::filesystem::create_directories(folder);
        std::vector<std::unique_ptr<test::ServedProcess>> servers;
        for (int i = 0; i < kServers; ++i) {
            servers.push_back(
                std::make_unique<test::ServedProcess>(m_folder / "library", folder / fmt::format("{}.log", i)));
            QVERIFY(servers.back()->isRunning());
        }
        const auto socket = folder / "front";
        QProcess front;
        front.setProcessChannelMode(QProcess::ForwardedChannels);
        if (balancer == "haproxy")
            startHaproxy(front, program, folder, socket, servers);
        else
            startNginx(front, program, folder, socket, servers);
        QVERIFY(front.waitForStarted());

        test::RetryingClients clients("unix:" + socket.string(), "speaker", kClients);
        QTRY_VERIFY_WITH_TIMEOUT(clients.answered() >= kCallsOfAPhase, kPhaseMs);
        for (const auto& server : servers)
            QTRY_VERIFY_WITH_TIMEOUT(server->loggedCalls("status=ok") > 0, kPhaseMs);

        const std::array before{servers[2]->loggedCalls("status=ok"), servers[3]->loggedCalls("status=ok")};
        servers[0]->kill();
        const auto afterKill = clients.answered() + kCallsOfAPhase;
        QTRY_VERIFY_WITH_TIMEOUT(clients.answered() >= afterKill, kPhaseMs);
        const auto retriesOfKill = clients.retries();

        QCOMPARE(servers[1]->drain(), 0);
        const auto afterDrain = clients.answered() + kCallsOfAPhase;
        QTRY_VERIFY_WITH_TIMEOUT(clients.answered() >= afterDrain, kPhaseMs);
        clients.stop();

        QVERIFY2(clients.lost() == 0, clients.firstLoss().c_str());
        // What the drained server had taken on, it finished: all else was refused as draining.
        QCOMPARE(servers[1]->loggedCalls(),
                 servers[1]->loggedCalls("status=ok") + servers[1]->loggedCalls("status=draining"));
        QVERIFY(servers[2]->loggedCalls("status=ok") > before[0] && servers[3]->loggedCalls("status=ok") > before[1]);
        qInfo("%d calls answered; tried again: %d for the killed server, %d for the drained one, which refused %d",
              clients.answered(), retriesOfKill, clients.retries() - retriesOfKill,
              servers[1]->loggedCalls("status=draining"));
        front.terminate();
        QVERIFY(front.waitForFinished());
    }

private:
    using Servers = std::vector<std::unique_ptr<test::ServedProcess>>;

    /// The file of packaging/fleet with these servers in it.
    static std::string fileFor(const char* name, const Servers& servers)
    {
        auto text = test::contentOf(std::filesystem::path(LIPSYNC_SOURCE_DIR) / "packaging/fleet" / name);
        for (std::size_t i = 0; i < servers.size(); ++i)
            text = test::replaced(text, kServerAddresses[i], servers[i]->address());
        return text;
    }

    static void startHaproxy(QProcess& front, const QString& program, const std::filesystem::path& folder,
                             const std::filesystem::path& socket, const Servers& servers)
    {
        auto text = fileFor("haproxy.cfg", servers);
        for (std::size_t i = 0; i < servers.size(); ++i)
            text = test::replaced(text, kHealthPorts[i], "port " + servers[i]->metricsPort());
        text = test::replaced(text, kFrontAddress, "unix@" + socket.string());
        QVERIFY(!text.empty());
        std::ofstream(folder / "haproxy.cfg") << text;
        front.start(program, {"-db", "-f", QString::fromStdString((folder / "haproxy.cfg").string())});
    }

    static void startNginx(QProcess& front, const QString& program, const std::filesystem::path& folder,
                           const std::filesystem::path& socket, const Servers& servers)
    {
        const auto text = test::replaced(fileFor("nginx.conf", servers), kFrontAddress, "unix:" + socket.string());
        QVERIFY(!text.empty());
        std::ofstream(folder / "lipsync.conf") << text;
        const auto place = folder.string();
        std::ofstream(folder / "nginx.conf") << fmt::format(
            "daemon off; worker_processes 1; pid {0}/pid; error_log {0}/error.log;\n"
            "events {{ worker_connections 1024; }}\n"
            "http {{\n  access_log off;\n  client_body_temp_path {0}/body;\n  proxy_temp_path {0}/proxy;\n"
            "  fastcgi_temp_path {0}/fastcgi;\n  uwsgi_temp_path {0}/uwsgi;\n  scgi_temp_path {0}/scgi;\n"
            "  include {0}/lipsync.conf;\n}}\n",
            place);
        front.start(program,
                    {"-p", QString::fromStdString(place), "-e", QString::fromStdString(place + "/error.log"), "-c",
                     QString::fromStdString(place + "/nginx.conf")});
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_folder;
};

QTEST_GUILESS_MAIN(FleetTest)
#include "fleet_test.moc"

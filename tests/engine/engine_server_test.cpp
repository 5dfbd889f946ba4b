// SPDX-License-Identifier: GPL-3.0-or-later
// The server as programs and windows switch it on and off.

#include "engine.h"

#include "support/test_avatar.h"

#include <condition_variable>
#include <mutex>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;

class EngineServerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_library = std::filesystem::path(m_temporary.path().toStdString()) / "library";
        std::filesystem::create_directories(m_library);
        QVERIFY(test::makeTestAvatar(m_library / "small.avatar").has_value());
        EngineOptions options;
        options.plan.devices = {{"cpu", 1}};
        m_engine = createEngine(options).value();
    }

    void theServerStartsLoadsAndStops()
    {
        std::mutex mutex;
        std::condition_variable changed;
        bool isStopped = false;
        ServerEvents events;
        events.stopped = [&] {
            std::lock_guard lock(mutex);
            isStopped = true;
            changed.notify_all();
        };
        auto server = m_engine->startServer(options(), std::move(events));
        QVERIFY2(server.has_value(), server ? "" : server.error().text().c_str());
        QVERIFY((*server)->address().starts_with("127.0.0.1:"));
        QVERIFY((*server)->metricsAddress().empty());
        const auto state = [&] { return (*server)->statistics().avatars.at(0).state; };
        QTRY_COMPARE_WITH_TIMEOUT(state(), std::string("ready"), 60000);
        QCOMPARE((*server)->statistics().openCalls, std::size_t{0});
        (*server)->stop();
        QVERIFY((*server)->statistics().isStopping);
        std::unique_lock lock(mutex);
        QVERIFY(changed.wait_for(lock, std::chrono::seconds(60), [&] { return isStopped; }));
        lock.unlock();
        QVERIFY(isLogged("Serving on 127.0.0.1:"));
        QVERIFY(isLogged("has ended after 0 calls"));
    }

    void whyItDoesNotStartIsToldAndLogged()
    {
        auto first = m_engine->startServer(options());
        QVERIFY(first.has_value());
        auto taken = options();
        taken.listen = (*first)->address();
        const auto second = m_engine->startServer(taken);
        QCOMPARE(second.error().code, ErrorCode::Resource);
        QVERIFY(second.error().message.find("another program has the port") != std::string::npos);
        QVERIFY(isLogged("another program has the port"));
        auto open = options();
        open.listen = "0.0.0.0:0";
        QCOMPARE(m_engine->startServer(open).error().code, ErrorCode::Usage);
        open.tokenFile = m_library / "no_tokens";
        QCOMPARE(m_engine->startServer(open).error().code, ErrorCode::InvalidInput);
    }

    void thePreviewGoesOnWhileTheServerIsToggled()
    {
        for (int round = 0; round < 10; ++round) {
            auto server = m_engine->startServer(options());
            QVERIFY(server.has_value());
        }
        QVERIFY(m_engine->statistics().workers.size() == 1);
    }

private:
    ServerOptions options() const
    {
        ServerOptions options;
        options.listen = "127.0.0.1:0";
        options.libraries = {m_library};
        return options;
    }
    bool isLogged(const std::string& words)
    {
        for (const auto& record : m_engine->log()) {
            if (record.message.find(words) != std::string::npos)
                return true;
        }
        return false;
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_library;
    std::unique_ptr<Engine> m_engine;
};

QTEST_GUILESS_MAIN(EngineServerTest)
#include "engine_server_test.moc"

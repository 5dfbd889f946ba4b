// SPDX-License-Identifier: GPL-3.0-or-later
// Load on a real server on loopback, whose workers are scripted: what is offered, refused and counted.

#include "clients/server_load.h"

#include "engine/serving/serving_fixture.h"

#include <fstream>
#include <thread>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using clients::Service;

Q_DECLARE_METATYPE(lipsync::clients::Service)

class ServerLoadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = std::filesystem::path(m_temporary.path().toStdString());
        m_library = m_folder / "library";
        QVERIFY(test::makeLibrary(m_library).has_value());
    }

    void everyServiceAnswersCalls_data()
    {
        QTest::addColumn<Service>("service");
        QTest::addColumn<QString>("avatar");
        QTest::addColumn<int>("frames");
        QTest::newRow("speech") << Service::Own << "silent" << 10;
        QTest::newRow("mouths with sound") << Service::Optimized << "silent" << 2;
        QTest::newRow("mouths of the avatar's own sound") << Service::Optimized << "speaker" << 1;
        QTest::newRow("KServe") << Service::KServe << "silent" << 3;
    }

    void everyServiceAnswersCalls()
    {
        QFETCH(Service, service); // speech of n frames' length has one more or less
        QFETCH(QString, avatar);
        QFETCH(int, frames);
        test::ServingFixture fixture(m_library, test::Boundary::Scripted);
        auto load = loadOf(service);
        load.avatar = avatar.toStdString();
        load.frames = frames;
        load.calls = 20;
        load.seconds = 0;
        const auto report = clients::offerServerLoad({fixture.server().address()}, load, {});
        QVERIFY2(report, report ? "" : report.error().text().c_str());
        QCOMPARE(report->firstFailure, std::string());
        QVERIFY(report->calls >= 20 && report->successes == report->calls);
        QVERIFY(report->frames >=
                report->successes * static_cast<std::uint64_t>(service == Service::Own ? frames - 1 : frames));
        QCOMPARE(report->statuses.at("OK"), report->successes);
        QCOMPARE(report->latency.count(), report->successes);
        QVERIFY(report->framesPerSecond() > 0);
        QTRY_COMPARE(fixture.server().counts().openCalls, std::size_t{0});
    }

    void pacedSpeechTellsTheLatencyOfFrames()
    {
        test::ServingFixture fixture(m_library, test::Boundary::Scripted);
        auto load = loadOf(Service::Own);
        load.avatar = "silent";
        load.isPaced = true;
        load.frames = 12;
        load.calls = 3;
        load.seconds = 0;
        load.deadline = std::chrono::hours(1);
        const auto report = clients::offerServerLoad({fixture.server().address()}, load, {});
        QVERIFY2(report, report ? "" : report.error().text().c_str());
        QVERIFY(report->isOfFrames && report->lateFrames == 0);
        QCOMPARE(report->latency.count(), report->frames);
        QVERIFY(report->frames >= report->successes * 11);
    }

    void refusalsAndTheirPushbackAreCounted()
    {
        test::ServingFixture fixture(m_library, test::Boundary::Scripted,
                                     [](serving::ServerOptions& options) { options.gate.mostCalls = 2; });
        QVERIFY(fixture.waitFor("speaker"));
        fixture.script().close();
        auto load = loadOf(Service::Optimized);
        load.avatar = "speaker";
        load.streams = 6;
        load.seconds = 0;
        load.calls = 12;
        std::jthread opening([&] {
            fixture.script().waitUntilSomeoneWaits();
            while (fixture.calls().size() < 10) // the questions before, and then refusals
                std::this_thread::yield();
            fixture.script().open();
        });
        const auto report = clients::offerServerLoad({fixture.server().address()}, load, {});
        QVERIFY2(report, report ? "" : report.error().text().c_str());
        QVERIFY(report->refusals > 0 && report->pushbacks == report->refusals);
        QCOMPARE(report->statuses.at("RESOURCE_EXHAUSTED"), report->refusals);
        QCOMPARE(report->calls, report->successes + report->refusals);
        QVERIFY(!report->firstFailure.empty());
    }

    void anOpenLoopIsBoundedByItsCallers()
    {
        test::ServingFixture fixture(m_library, test::Boundary::Scripted);
        QVERIFY(fixture.waitFor("speaker"));
        fixture.script().close();
        auto load = loadOf(Service::Optimized);
        load.avatar = "speaker";
        load.streams = 3;
        load.rate = 500;
        load.seconds = 0.3;
        load.deadline = std::chrono::milliseconds(600); // they end by themselves
        const auto report = clients::offerServerLoad({fixture.server().address()}, load, {});
        fixture.script().open();
        QVERIFY2(report, report ? "" : report.error().text().c_str());
        QVERIFY(report->calls <= 6 && report->notSent > 0);
        QVERIFY(report->statuses.contains("DEADLINE_EXCEEDED"));
    }

    void aStopEndsTheLoad()
    {
        test::ServingFixture fixture(m_library, test::Boundary::Scripted);
        QVERIFY(fixture.waitFor("speaker"));
        fixture.script().close();
        auto load = loadOf(Service::Optimized);
        load.avatar = "speaker";
        load.seconds = 1000;
        std::stop_source stop;
        std::jthread stopping([&] {
            fixture.script().waitUntilSomeoneWaits();
            stop.request_stop();
        });
        const auto report = clients::offerServerLoad({fixture.server().address()}, load, stop.get_token());
        QVERIFY2(report, report ? "" : report.error().text().c_str());
        QVERIFY(report->interrupted);
        fixture.script().open();
        QTRY_COMPARE(fixture.server().counts().openCalls, std::size_t{0});
    }

    void tokensAreShown()
    {
        const auto file = m_folder / "tokens";
        std::ofstream(file) << "secret-of-caller-22\n";
        std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        test::ServingFixture fixture(m_library, test::Boundary::Scripted,
                                     [&](serving::ServerOptions& options) { options.tokenFile = file; });
        auto load = loadOf(Service::KServe);
        load.avatar = "silent";
        load.calls = 2;
        load.seconds = 0;
        clients::ServerAccess access{fixture.server().address()};
        const auto refused = clients::offerServerLoad(access, load, {});
        QVERIFY(!refused);
        QVERIFY2(refused.error().text().find("UNAUTHENTICATED") != std::string::npos, refused.error().text().c_str());
        access.token = "secret-of-caller-22";
        const auto report = clients::offerServerLoad(access, load, {});
        QVERIFY2(report && report->successes >= 2, report ? "" : report.error().text().c_str());
    }

    void whatCannotBeAskedIsSaid()
    {
        test::ServingFixture fixture(m_library, test::Boundary::Scripted);
        for (const auto service : {Service::Own, Service::Optimized, Service::KServe}) {
            auto load = loadOf(service);
            load.avatar = "nobody";
            const auto report = clients::offerServerLoad({fixture.server().address()}, load, {});
            QVERIFY(!report);
            QCOMPARE(report.error().code, ErrorCode::InvalidInput);
            QVERIFY2(report.error().message.find(fixture.server().address()) != std::string::npos,
                     report.error().message.c_str());
        }
        const auto nobody = clients::offerServerLoad({"127.0.0.1:1"}, loadOf(Service::Own), {});
        QVERIFY(!nobody);
        QVERIFY2(nobody.error().message.find("Nobody answers at 127.0.0.1:1") != std::string::npos,
                 nobody.error().message.c_str());
        auto endless = loadOf(Service::Own);
        endless.seconds = 0;
        QCOMPARE(clients::offerServerLoad({fixture.server().address()}, endless, {}).error().code, ErrorCode::Usage);
    }

private:
    static clients::ServerLoadOptions loadOf(Service service)
    {
        clients::ServerLoadOptions load;
        load.service = service;
        load.streams = 4;
        load.warmUpSeconds = 0;
        return load;
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_folder, m_library;
};

QTEST_GUILESS_MAIN(ServerLoadTest)
#include "server_load_test.moc"

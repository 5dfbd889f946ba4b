// SPDX-License-Identifier: GPL-3.0-or-later
// Workers of every kind behind one service, on a small real avatar: plans that change and processes that are killed
// while frames run. LIPSYNC_TEST_ROUNDS repeats the two of them more often than a short test run does.

#include "audio/feature_track.h"
#include "session/frame_service.h"
#include "session/frame_stream.h"

#include "engine/media/sample_media.h"
#include "metrics/process_probe.h"
#include "support/test_avatar.h"

#include <condition_variable>
#include <csignal>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;

namespace {

int roundsOr(int standard)
{
    bool isNumber = false;
    const int rounds = qEnvironmentVariableIntValue("LIPSYNC_TEST_ROUNDS", &isNumber);
    return isNumber ? rounds : standard;
}

ConcurrencyPlan planOf(int workers, std::vector<int> batchSizes, Isolation isolation = Isolation::Thread)
{
    ConcurrencyPlan plan;
    plan.devices = {{"cpu", workers}};
    plan.batchSizes = std::move(batchSizes);
    plan.isolation = isolation;
    return plan;
}

/// Keeps frames of a speech under way, over and over, until it is stopped; delivers each as it comes back, pasted into
/// nothing, and remembers how it ended.
class Traffic {
public:
    Traffic(session::FrameService& service, const std::shared_ptr<session::OpenAvatar>& avatar,
            session::SpeechSession& speech, std::int64_t speechFrames)
        : m_service(service)
        , m_stream(service.pool(), avatar->model(), {scheduling::JobClass::Bulk, false, {}},
                   [this](session::StreamedFrame frame) { receive(frame); })
        , m_thread([this, &speech, speechFrames](std::stop_token stop) { send(speech, speechFrames, stop); })
    {
    }

    /// Waits until the first so many frames have come back.
    bool waitForFrames(std::int64_t frames)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(60), [&] { return m_returned >= frames; });
    }
    std::int64_t submitted() const
    {
        std::lock_guard lock(m_mutex);
        return m_submitted;
    }
    std::int64_t returned() const
    {
        std::lock_guard lock(m_mutex);
        return m_returned;
    }
    /// Sends no more frames, waits for those under way, and says what went wrong; empty when nothing did.
    std::string finish()
    {
        m_thread.request_stop();
        m_thread.join();
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, std::chrono::seconds(60), [&] { return m_returned == m_submitted; }))
            return fmt::format("{} of {} frames never came back", m_submitted - m_returned, m_submitted);
        return m_problem;
    }

private:
    static constexpr std::int64_t kUnderWay = 24;

    void send(session::SpeechSession& speech, std::int64_t speechFrames, const std::stop_token& stop)
    {
        for (std::int64_t number = 0; !stop.stop_requested(); ++number) {
            auto frame = speech.frame(number % speechFrames, {});
            frame->number = number;
            {
                std::unique_lock lock(m_mutex);
                if (!m_changed.wait(lock, stop, [&] { return m_submitted - m_returned < kUnderWay; }))
                    return;
                ++m_submitted;
            }
            if (const auto accepted = m_stream.submit(std::move(*frame)); !accepted)
                return note(accepted.error().text());
        }
    }

    void receive(const session::StreamedFrame& frame)
    {
        const auto& result = frame.result;
        if (result.outcome == scheduling::JobOutcome::Done)
            m_service.recordDelivery(result, SteadyClock().now());
        else
            note(fmt::format("frame {}: {} {}", frame.number, toString(result.outcome), result.error.text()));
        {
            std::lock_guard lock(m_mutex);
            if (frame.number != m_returned && m_problem.empty())
                m_problem = fmt::format("frame {} came where {} was due", frame.number, m_returned);
            ++m_returned;
        }
        m_changed.notify_all();
    }

    void note(std::string problem)
    {
        std::lock_guard lock(m_mutex);
        if (m_problem.empty())
            m_problem = std::move(problem);
    }

    session::FrameService& m_service;
    mutable std::mutex m_mutex; ///< of everything but the service, the stream and the thread
    std::condition_variable_any m_changed;
    std::int64_t m_submitted = 0, m_returned = 0;
    std::string m_problem;
    session::FrameStream m_stream;
    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace

class FrameServiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = std::filesystem::path(m_temporary.path().toStdString()) / "small.avatar";
        QVERIFY(test::makeTestAvatar(m_folder).has_value());
        m_sound = media::sample::chirp(16000, 32000, 2.0, 4000);
    }

    void anAvatarIsSharedAndForgottenWithItsLastOwner()
    {
        const auto service = serviceOf(planOf(1, {1}));
        auto first = (*service)->openAvatar(m_folder).value();
        const auto model = first->model();
        QCOMPARE((*service)->openAvatar(m_folder).value()->model(), model);
        QVERIFY((*service)->waitUntilReady(*first, {}).has_value());
        first.reset();
        const auto again = (*service)->openAvatar(m_folder).value();
        QVERIFY(again->model() != model);
        QVERIFY((*service)->waitUntilReady(*again, {}).has_value());
        QCOMPARE((*service)->openAvatar(m_folder / "none").error().code, ErrorCode::InvalidInput);
    }

    void aPlanThatNoDeviceCanFollowIsToldWhereItMatters()
    {
        auto plan = planOf(1, {1});
        plan.devices = {{"cuda:93", 1}};
        const auto service = serviceOf(plan);
        const auto avatar = (*service)->openAvatar(m_folder).value();
        const auto ready = (*service)->waitUntilReady(*avatar, {});
        QVERIFY(!ready.has_value());
        QVERIFY2(ready.error().text().find("cuda:93") != std::string::npos, ready.error().text().c_str());
        QCOMPARE(serviceOf(planOf(0, {1})).error().code, ErrorCode::Usage);
    }

    void statisticsShowWorkersStagesAndDevices()
    {
        const auto service = serviceOf(planOf(2, {1, 4}));
        const auto avatar = (*service)->openAvatar(m_folder).value();
        const auto speech = speechOn(avatar);
        Traffic traffic(**service, avatar, *speech, m_frames);
        QVERIFY(traffic.waitForFrames(40));
        QCOMPARE(traffic.finish(), std::string());
        const auto statistics = (*service)->statistics();
        QCOMPARE(statistics.workers.size(), std::size_t{2});
        std::uint64_t frames = 0;
        for (const auto& worker : statistics.workers) {
            QCOMPARE(worker.device, std::string("cpu"));
            QCOMPARE(worker.processId, 0);
            frames += worker.frames;
        }
        QCOMPARE(frames, static_cast<std::uint64_t>(traffic.returned()));
        QVERIFY(statistics.meanBatch > 1);
        QVERIFY(!statistics.devices.empty());
        QVERIFY(statistics.process.residentMb > 0);
        QVERIFY(!(*service)->pool().measuredCosts((*service)->costKey("cpu"), avatar->model()).empty());
    }

    void recentLatenciesAreThoseOfTheLastSeconds()
    {
        const auto service = serviceOf(planOf(2, {1, 4}));
        const auto avatar = (*service)->openAvatar(m_folder).value();
        const auto speech = speechOn(avatar);
        QCOMPARE((*service)->statistics().recentEndToEnd.count, std::uint64_t{0}); // the first look begins the window
        Traffic traffic(**service, avatar, *speech, m_frames);
        QVERIFY(traffic.waitForFrames(40));
        QCOMPARE(traffic.finish(), std::string());
        const auto delivered = static_cast<std::uint64_t>(traffic.returned());
        const auto recent = (*service)->statistics().recentEndToEnd;
        QCOMPARE(recent.count, delivered);
        QVERIFY(recent.p50Ms > 0 && recent.p50Ms <= recent.p95Ms && recent.p95Ms <= recent.p99Ms);
        QTRY_COMPARE_WITH_TIMEOUT((*service)->statistics().recentEndToEnd.count, std::uint64_t{0}, 20000);
        QCOMPARE((*service)->statistics().endToEnd.count, delivered);
    }

    void sharesOfThePlanReachTheScheduler()
    {
        const auto weightsOf = [](session::FrameService& service) {
            std::vector<int> weights;
            for (const auto& one : service.pool().options().classes)
                weights.push_back(one.weight);
            return weights;
        };
        auto plan = planOf(1, {1});
        plan.shares = {5, 4, 3};
        const auto service = serviceOf(plan);
        QCOMPARE(weightsOf(**service), (std::vector<int>{5, 4, 3}));
        plan.shares = {9, 1, 2};
        QVERIFY((*service)->apply(plan, {}).has_value());
        QCOMPARE(weightsOf(**service), (std::vector<int>{9, 1, 2}));
        QVERIFY((*service)->plan() == plan);
        plan.shares.live = 0;
        QCOMPARE((*service)->apply(plan, {}).error().code, ErrorCode::Usage);
        plan.shares.live = PlanLimits::kLargestShare + 1;
        QCOMPARE((*service)->apply(plan, {}).error().code, ErrorCode::Usage);
        QCOMPARE(weightsOf(**service), (std::vector<int>{9, 1, 2}));
    }

    void plansChangedUnderLoadLoseNoFrame()
    {
        const int rounds = roundsOr(12);
        const auto service = serviceOf(planOf(1, {1, 2, 4}));
        const auto avatar = (*service)->openAvatar(m_folder).value();
        const auto speech = speechOn(avatar);
        Traffic traffic(**service, avatar, *speech, m_frames);
        QVERIFY(traffic.waitForFrames(10));
        double residentMb = 0;
        const int isolationEvery = 6; // a process takes a second to start
        for (int round = 0; round < rounds; ++round) {
            const auto isolation =
                round % isolationEvery == isolationEvery - 1 ? Isolation::Process : Isolation::Thread;
            const auto sizes = round % 2 == 0 ? std::vector<int>{1, 2, 4} : std::vector<int>{1, 3};
            for (int workers : {4, 1}) {
                const auto applied = (*service)->apply(planOf(workers, sizes, isolation), {});
                QVERIFY2(applied.has_value(), applied ? "" : applied.error().text().c_str());
                QVERIFY(traffic.waitForFrames(traffic.returned() + 1));
            }
            const auto now = static_cast<double>(metrics::sampleProcess({}).residentBytes) / 1e6;
            if (round == isolationEvery - 1)
                residentMb = now;
            else if (round > isolationEvery)
                QVERIFY2(now < 1.3 * residentMb, qPrintable(QString("%1 MB after %2 MB").arg(now).arg(residentMb)));
        }
        QCOMPARE(traffic.finish(), std::string());
        qInfo("%d rounds of 1 → 4 → 1 workers: %lld frames, none lost; %.0f MB resident after one cycle", rounds,
              static_cast<long long>(traffic.returned()), residentMb);
    }

    void killedWorkerProcessesCostNoFrameAndAreReplaced()
    {
        const int kills = roundsOr(6);
        const auto service = serviceOf(planOf(2, {1, 2, 4}, Isolation::Process));
        const auto avatar = (*service)->openAvatar(m_folder).value();
        const auto speech = speechOn(avatar);
        const auto ready = (*service)->waitUntilReady(*avatar, {});
        QVERIFY2(ready.has_value(), ready ? "" : ready.error().text().c_str());
        Traffic traffic(**service, avatar, *speech, m_frames);
        for (int kill = 0; kill < kills; ++kill) {
            const int victim = busyProcess(**service);
            QVERIFY(victim > 0);
            const auto before = traffic.submitted();
            QCOMPARE(::kill(victim, SIGKILL), 0);
            // What was under way then must come back before the next one: a frame is tried three times, not more.
            QVERIFY(traffic.waitForFrames(before));
            QTRY_COMPARE_WITH_TIMEOUT(restartsOf(**service), kill + 1, 60000);
        }
        QTRY_COMPARE_WITH_TIMEOUT((*service)->pool().childProcesses().size(), std::size_t{2}, 60000);
        QCOMPARE(traffic.finish(), std::string());
        qInfo("%d processes killed in mid batch: %lld frames, none lost", kills,
              static_cast<long long>(traffic.returned()));
    }

private:
    static Result<std::unique_ptr<session::FrameService>> serviceOf(const ConcurrencyPlan& plan)
    {
        session::FrameServiceOptions options;
        options.plan = plan;
        options.workerProgram = std::filesystem::path(LIPSYNC_BINARY_DIR) / "lipsync";
        return session::FrameService::create(options);
    }

    std::unique_ptr<session::SpeechSession> speechOn(const std::shared_ptr<session::OpenAvatar>& avatar)
    {
        auto speech = session::SpeechSession::create(avatar->frames(), 1).value();
        session::pushWhole(*speech, m_sound, {});
        m_frames = static_cast<std::int64_t>(audio::videoFrameCount(m_sound.size()));
        return speech;
    }

    static int restartsOf(session::FrameService& service)
    {
        int restarts = 0;
        for (const auto& worker : service.pool().snapshot().workers)
            restarts += worker.restarts;
        return restarts;
    }

    /// The process of a worker that computes a batch right now; waits for one.
    static int busyProcess(session::FrameService& service)
    {
        int process = 0;
        (void)QTest::qWaitFor(
            [&] {
                for (const auto& worker : service.pool().snapshot().workers) {
                    if (worker.state == scheduling::WorkerState::Busy)
                        process = service.pool().processOf(worker.id);
                }
                return process > 0;
            },
            60000);
        return process;
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_folder;
    std::vector<float> m_sound;
    std::int64_t m_frames = 0;
};

QTEST_GUILESS_MAIN(FrameServiceTest)
#include "frame_service_test.moc"

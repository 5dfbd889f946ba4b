// SPDX-License-Identifier: GPL-3.0-or-later
// Streams of frames over simulated workers: no LibTorch, so that the thread sanitizer can watch.

#include "session/frame_stream.h"

#include "engine/scheduling/scripted_worker.h"

#include <QTest>

using namespace lipsync;
using namespace lipsync::scheduling;

namespace {

constexpr ModelId kModel = 1;
constexpr int kTemplateFrames = 7;

session::SpeechFrame speechFrame(std::int64_t number)
{
    auto templateFrame = std::make_shared<avatar::TemplateFrame>();
    templateFrame->index = static_cast<int>(number % kTemplateFrames);
    return {number, std::move(templateFrame), std::vector<float>(16, static_cast<float>(number))};
}

/// What came back of a stream.
class Returned {
public:
    std::function<void(session::StreamedFrame)> receive()
    {
        return [this](const session::StreamedFrame& frame) {
            {
                std::lock_guard lock(m_mutex);
                m_isFaithful = m_isFaithful && frame.templateFrame &&
                    frame.templateFrame->index == static_cast<int>(frame.number % kTemplateFrames);
                m_numbers.push_back(frame.number);
                m_done += frame.result.outcome == JobOutcome::Done;
            }
            m_changed.notify_all();
        };
    }
    bool waitFor(std::size_t count)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(60), [&] { return m_numbers.size() >= count; });
    }
    /// Frames 0, 1, 2, … with the template frames that went in with them.
    bool isInOrder() const
    {
        std::lock_guard lock(m_mutex);
        for (std::size_t i = 0; i < m_numbers.size(); ++i) {
            if (m_numbers[i] != static_cast<std::int64_t>(i))
                return false;
        }
        return m_isFaithful;
    }
    std::size_t count() const
    {
        std::lock_guard lock(m_mutex);
        return m_numbers.size();
    }
    int done() const
    {
        std::lock_guard lock(m_mutex);
        return m_done;
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<std::int64_t> m_numbers;
    int m_done = 0;
    bool m_isFaithful = true;
};

} // namespace

class FrameStreamTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_script = std::make_shared<Script>();
        m_pool = std::make_unique<WorkerPool>();
        m_pool->addModel(kModel);
        for (int i = 0; i < 3; ++i)
            m_pool->addWorker(scripted(m_script));
        QVERIFY(m_pool->waitForModel(kModel, {}).has_value());
    }

    void framesOfManySpeechesComeBackInOrderThoughWorkersAreLost()
    {
        constexpr int kStreams = 4, kFrames = 500;
        m_script->lostBatches = 2;
        std::array<Returned, kStreams> returned;
        std::vector<std::unique_ptr<session::FrameStream>> streams;
        for (auto& each : returned)
            streams.push_back(std::make_unique<session::FrameStream>(*m_pool, kModel, StreamOptions{}, each.receive()));
        {
            std::vector<std::jthread> speakers;
            for (const auto& stream : streams) {
                speakers.emplace_back([&stream] {
                    for (int number = 0; number < kFrames; ++number)
                        QVERIFY(stream->submit(speechFrame(number)).has_value());
                });
            }
        }
        for (auto& each : returned) {
            QVERIFY(each.waitFor(kFrames));
            QVERIFY(each.isInOrder());
            QCOMPARE(each.done(), kFrames);
        }
    }

    void cancelledFramesComeBackSoAndTheNextOnesAreComputed()
    {
        Returned returned;
        session::FrameStream stream(*m_pool, kModel, {JobClass::Preview, false, {}}, returned.receive());
        m_script->close();
        for (int number = 0; number < 20; ++number)
            QVERIFY(stream.submit(speechFrame(number)).has_value());
        m_script->waitUntilSomeoneWaits();
        stream.cancel();
        QVERIFY(returned.waitFor(20));
        QCOMPARE(returned.done(), 0);
        m_script->open();
        QVERIFY(stream.submit(speechFrame(20)).has_value());
        QVERIFY(returned.waitFor(21));
        QVERIFY(returned.isInOrder());
        QCOMPARE(returned.done(), 1);
    }

    void nothingComesBackOnceAStreamIsGone()
    {
        Returned returned;
        m_script->close();
        {
            session::FrameStream stream(*m_pool, kModel, {}, returned.receive());
            for (int number = 0; number < 8; ++number)
                QVERIFY(stream.submit(speechFrame(number)).has_value());
            m_script->waitUntilSomeoneWaits();
        }
        const auto count = returned.count();
        m_script->open();
        Returned later;
        session::FrameStream other(*m_pool, kModel, {}, later.receive());
        QVERIFY(other.submit(speechFrame(0)).has_value());
        QVERIFY(later.waitFor(1));
        QCOMPARE(returned.count(), count);
    }

    void aRefusedFrameLeavesNothingBehind()
    {
        Returned returned;
        session::FrameStream stream(*m_pool, kModel + 1, {}, returned.receive());
        const auto refused = stream.submit(speechFrame(0));
        QVERIFY(!refused.has_value());
        QVERIFY(refused.error().reason == Refusal::Reason::NotReady);
    }

private:
    std::shared_ptr<Script> m_script;
    std::unique_ptr<WorkerPool> m_pool;
};

QTEST_GUILESS_MAIN(FrameStreamTest)
#include "frame_stream_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The pool with its real threads and workers that do what a script says.
#include "engine/scheduling/scripted_worker.h"

#include <QtTest>

#include <future>

using namespace lipsync;
using namespace lipsync::scheduling;
using namespace std::chrono_literals;

namespace {

constexpr ModelId kModel = 1;

/// What a stream has received. Any thread.
class Receiver {
public:
    WorkerPool::Deliver deliver()
    {
        return [this](const JobResult& result) {
            std::lock_guard lock(m_mutex);
            m_isOrdered = m_isOrdered && result.sequence == m_next;
            m_next = result.sequence + 1;
            ++m_count;
            m_done += result.outcome == JobOutcome::Done ? 1 : 0;
            m_changed.notify_all();
        };
    }
    void waitFor(std::int64_t count)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_count >= count; });
    }
    std::int64_t count() const
    {
        std::lock_guard lock(m_mutex);
        return m_count;
    }
    std::int64_t done() const
    {
        std::lock_guard lock(m_mutex);
        return m_done;
    }
    bool isOrdered() const
    {
        std::lock_guard lock(m_mutex);
        return m_isOrdered;
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::int64_t m_next = 0, m_count = 0, m_done = 0;
    bool m_isOrdered = true;
};

FrameJob job(std::int64_t sequence)
{
    FrameJob job;
    job.sequence = sequence;
    job.model = kModel;
    return job;
}

/// A pool whose workers can compute.
struct ReadyPool {
    explicit ReadyPool(int workers, SchedulerOptions options = {})
        : pool(std::move(options))
    {
        pool.addModel(kModel);
        for (int i = 0; i < workers; ++i)
            pool.addWorker(scripted(script));
        isReady = pool.waitForModel(kModel, {}).has_value();
    }
    std::vector<WorkerId> present() const
    {
        std::vector<WorkerId> ids;
        for (const auto& worker : pool.snapshot().workers)
            ids.push_back(worker.id);
        return ids;
    }

    std::shared_ptr<Script> script = std::make_shared<Script>();
    WorkerPool pool;
    bool isReady = false;
};

/// Submits frames from a thread of its own until told to stop; waits for room when the queue is full.
class Submitter {
public:
    Submitter(WorkerPool::Stream& stream, const Receiver& receiver)
        : m_thread([this, &stream, &receiver](const std::stop_token& stop) {
            constexpr std::int64_t kMostAhead = 64;
            while (!stop.stop_requested()) {
                if (m_accepted - receiver.count() < kMostAhead && stream.submit(job(m_accepted)))
                    ++m_accepted;
                else
                    std::this_thread::yield();
            }
        })
    {
    }
    std::int64_t stop()
    {
        m_thread.request_stop();
        m_thread.join();
        return m_accepted;
    }

private:
    std::atomic<std::int64_t> m_accepted = 0;
    std::jthread m_thread; ///< last: it uses the above
};

} // namespace

class WorkerPoolTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aProcessThatEndsWhileItHasNothingToDoIsReplacedWithoutAFrame()
    {
        auto script = std::make_shared<Script>();
        script->hasProcesses = true;
        WorkerPool pool;
        pool.addModel(kModel);
        pool.addWorker(scripted(script));
        QVERIFY(pool.waitForModel(kModel, {}).has_value());
        QCOMPARE(script->starts.load(), 1);
        script->endingProcesses = 1;
        QTRY_COMPARE(script->starts.load(), 2); // long before a check of its health would be due
        QTRY_COMPARE(pool.snapshot().workers.front().restarts, 1);
        QCOMPARE(pool.snapshot().workers.front().lastError, std::string("The scripted process ended"));
        QCOMPARE(script->batches.load(), 0);
    }

    void resultsComeInOrderFromSeveralWorkers()
    {
        ReadyPool ready(3);
        QVERIFY(ready.isReady);
        Receiver receiver;
        const auto stream = ready.pool.openStream({}, receiver.deliver());
        constexpr int kFrames = 2000;
        for (int i = 0; i < kFrames; ++i)
            QVERIFY(stream->submit(job(i)));
        receiver.waitFor(kFrames);
        QVERIFY(receiver.isOrdered());
        QCOMPARE(receiver.done(), kFrames);
    }

    void nothingIsDeliveredAfterAStreamHasEnded()
    {
        ReadyPool ready(2);
        for (int round = 0; round < 200; ++round) {
            Receiver receiver;
            auto stream = ready.pool.openStream({}, receiver.deliver());
            for (int i = 0; i < 20; ++i)
                QVERIFY(stream->submit(job(i)));
            stream.reset();
            const auto count = receiver.count(); // the receiver's end would be noticed by the sanitizers
            QVERIFY(count <= 20);
        }
    }

    void aReceiverMayEndItsOwnStream()
    {
        ReadyPool ready(2);
        std::promise<void> ended;
        std::unique_ptr<WorkerPool::Stream> stream;
        std::mutex mutex; // the stream is not there before openStream() has returned
        std::unique_lock lock(mutex);
        stream = ready.pool.openStream({}, [&](const JobResult&) {
            std::lock_guard waiting(mutex);
            if (stream) {
                stream.reset();
                ended.set_value();
            }
        });
        QVERIFY(stream->submit(job(0)));
        QVERIFY(stream->submit(job(1)));
        lock.unlock();
        ended.get_future().wait();
        QVERIFY(!stream);
    }

    void whatAReceiverHoldsMayUseThePoolWhenItEnds()
    {
        ReadyPool ready(1);
        Receiver inner;
        auto innerStream = std::shared_ptr<WorkerPool::Stream>(ready.pool.openStream({}, inner.deliver()));
        auto outer = ready.pool.openStream({}, [innerStream](const JobResult&) {});
        innerStream.reset();
        outer.reset(); // ends the inner stream, too
        QCOMPARE(ready.pool.snapshot().outstanding, std::size_t{0});
    }

    void aLostWorkerIsReplacedAndLosesNothing()
    {
        ReadyPool ready(2);
        Receiver receiver;
        const auto stream = ready.pool.openStream({}, receiver.deliver());
        Submitter submitter(*stream, receiver);
        for (int loss = 1; loss <= 20; ++loss) {
            const auto seen = receiver.count();
            ready.script->lostBatches = 1;
            receiver.waitFor(seen + 200);
        }
        const auto accepted = submitter.stop();
        receiver.waitFor(accepted);
        QCOMPARE(receiver.done(), accepted);
        QVERIFY(receiver.isOrdered());
        QVERIFY(ready.script->starts >= 10);
    }

    void aHangingWorkerIsAbandonedAndItsFramesComeFromAnother()
    {
        SchedulerOptions options;
        options.shortestHang = options.unknownHang = 1s; // far more than a start takes on a busy machine
        ReadyPool ready(2, options);
        Receiver receiver;
        const auto stream = ready.pool.openStream({}, receiver.deliver());
        ready.script->hangingBatches = 1;
        constexpr int kFrames = 50;
        for (int i = 0; i < kFrames; ++i)
            QVERIFY(stream->submit(job(i)));
        receiver.waitFor(kFrames);
        QCOMPARE(receiver.done(), kFrames);
        QVERIFY(receiver.isOrdered());
    }

    void anOperatorMayRestartAWorkerInTheMiddleOfABatch()
    {
        ReadyPool ready(1);
        Receiver receiver;
        const auto stream = ready.pool.openStream({}, receiver.deliver());
        ready.script->close();
        QVERIFY(stream->submit(job(0)));
        ready.script->waitUntilSomeoneWaits();
        ready.pool.restartWorker(ready.pool.snapshot().workers.front().id);
        ready.script->open();
        receiver.waitFor(1);
        QCOMPARE(receiver.done(), 1);
        QCOMPARE(ready.script->starts.load(), 2);
    }

    void aHundredDrainsUnderFullLoadLoseNothing()
    {
        ReadyPool ready(2);
        Receiver receiver;
        const auto stream = ready.pool.openStream({}, receiver.deliver());
        Submitter submitter(*stream, receiver);
        for (int i = 0; i < 100; ++i) {
            receiver.waitFor(receiver.count() + 10);
            QVERIFY(ready.pool.drain(0ms, {}));
            QCOMPARE(ready.pool.snapshot().outstanding, std::size_t{0});
            QVERIFY(stream->submit(job(0)).error().reason == Refusal::Reason::Draining);
            ready.pool.stopDraining();
        }
        const auto accepted = submitter.stop();
        receiver.waitFor(accepted);
        QCOMPARE(receiver.done(), accepted);
        QVERIFY(receiver.isOrdered());
    }

    void resizingAndSwitchingBatchesUnderLoadLosesNothing()
    {
        ReadyPool ready(1);
        Receiver receiver;
        const auto stream = ready.pool.openStream({}, receiver.deliver());
        Submitter submitter(*stream, receiver);
        for (int i = 0; i < 100; ++i) {
            const auto seen = receiver.count();
            switch (i % 4) {
            case 0:
                for (int k = 0; k < 3; ++k)
                    ready.pool.addWorker(scripted(ready.script));
                break;
            case 1:
                ready.pool.setBatching(batchSizesUpTo(1 + i % 7), i % 8 == 1 ? Duration(1ms) : Duration::zero(),
                                       static_cast<Balance>(i % 4));
                break;
            case 2:
                for (int k = 0; k < 3; ++k)
                    ready.pool.removeWorker(ready.pool.snapshot().workers.front().id);
                break;
            default:
                ready.pool.replaceWorkers(ready.present(), {scripted(ready.script)});
                QVERIFY(ready.pool.waitForReplacement({}));
                break;
            }
            receiver.waitFor(seen + 20);
        }
        const auto accepted = submitter.stop();
        receiver.waitFor(accepted);
        QCOMPARE(receiver.done(), accepted);
        QVERIFY(receiver.isOrdered());
        QCOMPARE(ready.pool.snapshot().workers.size(), std::size_t{1});
    }

    void aReplacementThatDoesNotStartLeavesTheOldWorkers()
    {
        SchedulerOptions options;
        options.firstRestartDelay = 1ms;
        ReadyPool ready(2, options);
        const auto broken = std::make_shared<Script>();
        broken->canStart = false;
        ready.pool.replaceWorkers(ready.present(), {scripted(broken), scripted(broken)});
        const auto status = ready.pool.waitForReplacement({});
        QVERIFY(!status);
        QVERIFY(status.error().message.find("scripted worker does not start") != std::string::npos);
        QCOMPARE(ready.pool.snapshot().workers.size(), std::size_t{2});
        Receiver receiver;
        const auto stream = ready.pool.openStream({}, receiver.deliver());
        QVERIFY(stream->submit(job(0)));
        receiver.waitFor(1);
        QCOMPARE(receiver.done(), 1);
    }

    void aPoolMayEndWithWorkInFlight()
    {
        for (int round = 0; round < 50; ++round) {
            Receiver receiver;
            auto ready = std::make_unique<ReadyPool>(2);
            auto stream = ready->pool.openStream({}, receiver.deliver());
            ready->script->close();
            for (int i = 0; i < 20; ++i)
                QVERIFY(stream->submit(job(i)));
            ready->script->waitUntilSomeoneWaits();
            stream.reset();
            ready.reset();
        }
    }

    void waitingCanBeInterrupted()
    {
        WorkerPool pool;
        pool.addModel(kModel);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(pool.waitForModel(kModel, stop.get_token()).error().code == ErrorCode::Interrupted);
    }
};

QTEST_GUILESS_MAIN(WorkerPoolTest)
#include "worker_pool_test.moc"

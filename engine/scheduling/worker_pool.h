// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/scheduler.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace lipsync::scheduling {

/// How to make a worker; called on the worker's own thread, again after a loss.
struct WorkerSpec {
    WorkerTraits traits;
    std::function<std::unique_ptr<Worker>()> make;
};

/// What a pool tells besides results; on the delivery thread, so it must be quick.
struct PoolEvents {
    std::function<void(const JobResult&)> ended; ///< every job, before its stream hears of it
    std::function<void()> workersChanged; ///< one started, was lost, came back or left
};

/// Runs a Scheduler on threads: one "worker N" a worker, "scheduler" for what happens by itself (expiry, restarts) and
/// "delivery" for the results. Any thread may call any function; none of them waits for a worker unless it says so.
class WorkerPool {
public:
    explicit WorkerPool(SchedulerOptions options = {}, PoolEvents events = {});
    /// Cancels what is left and ends all workers.
    ~WorkerPool();

    /// A stream of jobs. Its results come in the order of submission on the delivery thread. Its destructor cancels
    /// what is left; afterwards nothing is delivered any more. The pool must outlive it.
    class Stream {
    public:
        ~Stream();
        Stream(const Stream&) = delete;
        Stream& operator=(const Stream&) = delete;
        /// `job.stream` is filled in here.
        tl::expected<JobId, Refusal> submit(FrameJob job);
        /// Ends all its jobs as Cancelled; their results are delivered.
        void cancel();

    private:
        friend class WorkerPool;
        Stream(WorkerPool& pool, StreamId id)
            : m_pool(pool)
            , m_id(id)
        {
        }
        WorkerPool& m_pool;
        const StreamId m_id;
    };
    using Deliver = std::function<void(JobResult)>;
    std::unique_ptr<Stream> openStream(const StreamOptions& options, Deliver deliver);

    WorkerId addWorker(WorkerSpec spec);
    void removeWorker(WorkerId worker);
    void restartWorker(WorkerId worker);
    /// Puts fresh workers in the place of old ones (there may be none), without a gap: the old ones leave when a fresh
    /// one is able to compute. waitForReplacement() tells how it went.
    void replaceWorkers(const std::vector<WorkerId>& old, std::vector<WorkerSpec> fresh);
    /// Waits until the last replacement is done: Ok, or why no new worker works (the old ones then stay).
    Status waitForReplacement(const std::stop_token& stop);
    void setBatching(const std::vector<int>& batchSizes, Duration maxWait, Balance balance);
    void setShares(const ClassShares& shares);

    void addModel(ModelId model);
    void removeModel(ModelId model);
    /// Waits until a worker can compute the model, or none ever will. Interrupted when stopped.
    Status waitForModel(ModelId model, const std::stop_token& stop);

    /// Takes jobs for another `lameDuck`, then none, and waits until all have been delivered. Interrupted when stopped.
    Status drain(Duration lameDuck, const std::stop_token& stop);
    /// Takes jobs again.
    void stopDraining();

    SchedulerSnapshot snapshot() const;
    std::array<std::size_t, kJobClasses> waiting() const; ///< jobs by class
    SchedulerOptions options() const;
    std::optional<Duration> predictedWait(ModelId model, JobClass jobClass) const;
    /// Mean time of a batch by size, of workers of one kind; empty before it was measured.
    std::map<int, Duration> measuredCosts(const std::string& costKey, ModelId model) const;
    /// Processes that compute for the pool.
    std::vector<int> childProcesses() const;
    /// Process of a worker; 0 where it has none of its own.
    int processOf(WorkerId worker) const;

private:
    using Command = std::variant<PrepareModel, ReleaseModel, Batch, CheckHealth>;

    /// One start of a worker: its thread and its commands. The next start gets another seat, so that a hanging one
    /// holds up nobody.
    struct Seat {
        WorkerId id;
        int incarnation;
        WorkerSpec spec;
        std::condition_variable_any wake;
        std::deque<Command> commands; ///< guarded by the pool's mutex, like the next two
        bool isDone = false; ///< its thread has nothing left to do
        int processId = 0;
        std::mutex workerMutex; ///< of the two below
        bool isAbandoned = false;
        Worker* worker = nullptr; ///< while it may be abandoned
        std::jthread thread; ///< last: it uses all of the above
    };

    /// Who should look at what a change has brought.
    struct Wakes {
        std::vector<std::shared_ptr<Seat>> seats;
        bool delivery = false, watch = false, waiters = false;
    };

    template <typename Change> auto change(Change&& change);
    Wakes carryOut();
    void wake(const Wakes& wakes);
    template <typename Condition>
    bool waitUntil(std::unique_lock<std::mutex>& lock, const std::stop_token& stop, Condition condition);
    void deliver(std::stop_token stop);
    bool hasNews() const;
    void watch(std::stop_token stop);
    void sit(Seat& seat, const std::stop_token& stop);
    void obey(Seat& seat, Worker& worker, const std::stop_token& stop);
    std::optional<Command> nextCommand(Seat& seat, Worker& worker, const std::stop_token& stop);
    void carryOut(Seat& seat, Worker& worker, Command& command);
    void closeStream(StreamId stream);
    static void leave(Seat& seat, bool abandon);
    void reap();

    const SteadyClock m_clock;
    const PoolEvents m_events;
    mutable std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_changed; ///< after every change, for those who wait for a state
    int m_waiters = 0; ///< for m_changed
    std::condition_variable_any m_wakeup; ///< of the watching thread
    std::condition_variable_any m_undelivered; ///< of the delivery thread
    std::condition_variable m_delivered;
    Scheduler m_scheduler;
    std::map<WorkerId, WorkerSpec> m_specs;
    std::map<WorkerId, std::shared_ptr<Seat>> m_seats;
    std::list<std::shared_ptr<Seat>> m_leaving; ///< seats whose threads still end
    std::map<StreamId, std::shared_ptr<Deliver>> m_streams;
    std::deque<JobResult> m_deliveries;
    StreamId m_deliveringTo = 0;
    std::uint64_t m_toldState = 0; ///< Scheduler::stateVersion() that workersChanged() was called for
    std::optional<TimePoint> m_watchedUntil; ///< when the watching thread looks by itself
    bool m_hasLeft = false; ///< a thread of m_leaving has ended
    std::jthread m_deliveryThread, m_watchThread; ///< last: they use all of the above
};

} // namespace lipsync::scheduling

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "scheduling/concurrency_plan.h"
#include "scheduling/cost_model.h"
#include "scheduling/job_queue.h"
#include "scheduling/stream_table.h"
#include "scheduling/wait_correction.h"
#include "scheduling/worker.h"

#include <list>
#include <map>
#include <random>
#include <set>
#include <unordered_map>
#include <variant>
#include <vector>

namespace lipsync::scheduling {

/// What a class of jobs may expect and take.
struct ClassOptions {
    int weight = 1; ///< share of the workers beside the other classes
    std::size_t mostJobs = 4096; ///< that may wait
    std::size_t mostBytes = std::size_t{1} << 30; ///< of waiting jobs
    std::optional<Duration> longestWait; ///< predicted; refused beyond it
    Duration patience{std::chrono::seconds(1)}; ///< a job without deadline counts as due so long after submission
};

struct SchedulerOptions {
    std::vector<int> batchSizes{1, 2, 4}; ///< allowed sizes, ascending
    Duration maxWait{}; ///< how long a worker waits for a batch to fill; 0 takes what is there
    Balance balance = Balance::FinishTime;
    BatchPolicy policy = BatchPolicy::SlackAware;
    std::array<ClassOptions, kJobClasses> classes{
        ClassOptions{8, 1024, std::size_t{1} << 30, {}, std::chrono::milliseconds(100)},
        ClassOptions{4, 4096, std::size_t{1} << 30, {}, std::chrono::milliseconds(250)},
        ClassOptions{1, 4096, std::size_t{1} << 30, {}, std::chrono::seconds(1)}};
    int mostRetries = 2; ///< of a job whose worker was lost
    Duration shortestHang{std::chrono::seconds(5)}; ///< a batch that runs for less never counts as hanging
    double hangFactor = 10; ///< times the expected time after which a batch counts as hanging
    Duration unknownHang{std::chrono::seconds(60)}; ///< the same before anything was measured, and of a preparation
    Duration firstRestartDelay{std::chrono::milliseconds(100)}; ///< after the second failure in a row; doubles
    Duration longestRestartDelay{std::chrono::seconds(30)};
    Duration healthInterval{std::chrono::seconds(10)}; ///< an idle worker is checked so often
    Duration healthPatience{std::chrono::seconds(15)}; ///< what a check may take
    bool refusesLate = true; ///< refuse a job at once when its deadline cannot be kept
    int regrowAfter = 32; ///< batches at a reduced size before a larger one is tried again
    std::uint64_t seed = 1; ///< of Balance::RandomOfTwo
};

/// Gives the classes the weights of these shares.
void setWeights(SchedulerOptions& options, const ClassShares& shares);

/// What the scheduler wants done. Carried out in order, by whoever drives it.
struct StartWorker {
    WorkerId worker;
    int incarnation; ///< counts the starts of this worker; reports carry it back
};
struct PrepareModel {
    WorkerId worker;
    int incarnation;
    ModelId model;
    std::vector<int> batchSizes;
};
struct ReleaseModel {
    WorkerId worker;
    ModelId model;
};
struct RunBatch {
    WorkerId worker;
    Batch batch;
};
struct CheckHealth {
    WorkerId worker;
    int incarnation;
};
struct StopWorker {
    WorkerId worker;
    bool abandon; ///< it hangs or is lost; whatever it reports afterwards is ignored
};
struct Deliver {
    JobResult result;
};
using Action = std::variant<StartWorker, PrepareModel, ReleaseModel, RunBatch, CheckHealth, StopWorker, Deliver>;

enum class WorkerState : std::uint8_t {
    Starting,
    Preparing,
    Idle,
    Busy,
    Checking, ///< its health
    Restarting, ///< lost; waits for its restart
    Failed, ///< failed to start again and again; still tried now and then
};
std::string_view toString(WorkerState state);

struct WorkerSnapshot {
    WorkerId id = 0;
    WorkerTraits traits;
    WorkerState state = WorkerState::Starting;
    bool leaving = false; ///< ends after its batch
    TimePoint since; ///< of the state
    TimePoint lastHeard; ///< when it last reported anything good
    std::uint64_t batches = 0, frames = 0;
    int restarts = 0;
    Duration busy{}; ///< time spent in batches
    std::string lastError;
};

struct SchedulerSnapshot {
    std::array<std::size_t, kJobClasses> waiting{};
    std::size_t running = 0; ///< jobs in batches
    std::size_t outstanding = 0; ///< accepted and not delivered
    std::vector<WorkerSnapshot> workers;
    bool draining = false;
};

/// Decides what runs where and when; owns no thread and calls nobody. It is told what happens and gives back actions;
/// a WorkerPool carries them out on threads, a Simulator in virtual time. One thread at a time.
class Scheduler {
public:
    /// `clock` must outlive the scheduler. `options.batchSizes` is ascending and not empty.
    Scheduler(const Clock& clock, SchedulerOptions options);

    StreamId openStream(const StreamOptions& options);
    /// Takes a job or says at once why not.
    tl::expected<JobId, Refusal> submit(FrameJob job);
    /// Ends all jobs of the stream that have not ended, as Cancelled.
    void cancelStream(StreamId stream);
    /// The same, and no further jobs.
    void closeStream(StreamId stream);

    /// Models must be known before jobs ask for them; every worker prepares them.
    void addModel(ModelId model);
    /// Jobs of the model that wait end as Cancelled.
    void removeModel(ModelId model);
    /// Ok once a worker is able to compute it; the error once none will be; nothing while that is open.
    std::optional<Status> modelState(ModelId model) const;

    WorkerId addWorker(const WorkerTraits& traits);
    /// The worker finishes its batch and stops.
    void removeWorker(WorkerId worker);
    /// Removes `old` workers as soon as `fresh` ones can compute; if none of the fresh ones ever can, they go instead.
    void replaceWorkers(const std::vector<WorkerId>& old, const std::vector<WorkerId>& fresh);
    /// Whether a replacement still waits, and why the last one failed (empty when it did not).
    bool isReplacing() const { return m_replacement.has_value(); }
    const std::string& replacementError() const { return m_replacementError; }
    /// Starts a worker anew at once, whatever it does; its jobs are tried elsewhere.
    void restartWorker(WorkerId worker);

    /// New sizes are prepared by one worker after the other while the rest goes on.
    void setBatching(const std::vector<int>& batchSizes, Duration maxWait, Balance balance);
    /// How often each class has its turn from now on.
    void setShares(const ClassShares& shares);
    const SchedulerOptions& options() const { return m_options; }

    /// Accepts jobs for another `lameDuck`, then no more; isDrained() once all have left.
    void drain(Duration lameDuck);
    void stopDraining() { m_drainAt.reset(); }
    bool isDrained() const;

    // What the workers report.
    void workerStarted(WorkerId worker, int incarnation, const Status& status);
    void modelPrepared(WorkerId worker, int incarnation, ModelId model, const Status& status);
    void batchFinished(WorkerId worker, std::uint64_t batch, BatchOutcome outcome);
    void healthChecked(WorkerId worker, int incarnation, const Status& status);

    /// To be called when nextWakeup() has come: expiry, hangs, restarts, waits.
    void advance();
    std::optional<TimePoint> nextWakeup() const;

    /// What is to be done since the last call.
    std::vector<Action> takeActions();

    SchedulerSnapshot snapshot() const;
    /// Jobs of every class that wait for a worker.
    const std::array<std::size_t, kJobClasses>& waiting() const { return m_waiting; }
    std::uint64_t stateVersion() const { return m_stateVersion; }
    /// Mean time of a batch by size, of workers with this cost key.
    std::map<int, Duration> measuredCosts(const std::string& costKey, ModelId model) const;
    /// When a job of this class that was submitted now would be finished, from now on; nothing while unknown.
    std::optional<Duration> predictedWait(ModelId model, JobClass jobClass) const;

private:
    /// A job from its acceptance to its delivery.
    struct Record {
        FrameJob job;
        JobClass jobClass;
        JobQueue::Entry entry;
        JobResult result;
        enum class State : std::uint8_t { Queued, Grouped, Running, Ended } state = State::Queued;
        WorkerId lane = 0; ///< whose queue it stands in; 0 is the common one
        int losses = 0; ///< workers lost while they computed it
        std::optional<Duration> predicted; ///< where others waited already: until it ends, before correction
    };
    /// Jobs that must run together and with no others: what is left of a batch that failed.
    struct Group {
        ModelId model;
        std::vector<JobId> jobs;
        WorkerId avoid; ///< the worker that failed
    };
    struct Running {
        std::uint64_t number;
        ModelId model;
        int size;
        std::vector<JobId> jobs;
        TimePoint started, expectedEnd, hangsAt;
    };
    struct Ceiling {
        int size; ///< largest batch for now
        int successes = 0, needed = 0; ///< batches at it, and how many it takes to try a larger one
        bool isTrial = false; ///< it has just grown
    };
    struct WorkerRecord {
        WorkerRecord(WorkerId workerId, const WorkerTraits& workerTraits, CostKey key, const SchedulerOptions& options);

        WorkerId id;
        WorkerTraits traits;
        CostKey cost;
        WorkerState state = WorkerState::Starting;
        TimePoint since, lastHeard;
        int incarnation = 0;
        bool leaving = false;
        std::set<ModelId> pending; ///< models to prepare, for the first time or for new sizes
        std::vector<int> preparing; ///< sizes of the preparation that runs
        std::map<ModelId, std::vector<int>> prepared; ///< sizes it is warm for
        std::map<ModelId, Error> refused; ///< models it could not prepare
        std::map<ModelId, Ceiling> ceilings;
        std::optional<Running> running;
        JobQueue lane; ///< jobs dealt to it by a balance other than FinishTime
        std::optional<TimePoint> restartAt; ///< it is not there and comes back then
        std::optional<TimePoint> answerBy; ///< it hangs when a start, preparation or check takes longer
        int failures = 0; ///< in a row, of starts and batches
        int failedStarts = 0; ///< in a row
        int restarts = 0;
        std::uint64_t batches = 0, frames = 0;
        Duration busy{};
        std::string lastError;
    };
    struct Replacement {
        std::vector<WorkerId> old, fresh;
    };

    // scheduler.cpp: jobs and streams
    std::optional<Refusal> refusalOf(const FrameJob& job) const;
    /// Whether only a deadline that no batch was ever short enough for is refused: a late preview frame costs nothing,
    /// and an idle worker finds out that a disturbed machine has recovered only by trying.
    bool mayTry(ModelId model, JobClass jobClass) const;
    /// Of one frame on the fastest worker.
    std::optional<Duration> shortestTime(ModelId model) const;
    /// predictedWait() as it follows from what has been measured of batches alone.
    std::optional<Duration> waitByCosts(ModelId model, JobClass jobClass) const;
    void end(Record& record, JobOutcome outcome, Error error = {});
    void flush(StreamId stream);
    void expire();
    void enqueue(Record& record);
    void enqueueAll(JobQueue& queue);
    void cancelWaitingOf(ModelId model, JobOutcome outcome, const Error& error);

    // scheduler_workers.cpp: their lives
    WorkerRecord* find(WorkerId worker, int incarnation);
    void setState(WorkerRecord& worker, WorkerState state);
    void start(WorkerRecord& worker);
    void check(WorkerRecord& worker);
    void lose(WorkerRecord& worker, const Error& error);
    void scheduleRestart(WorkerRecord& worker, const Error& error);
    /// After anything happened to a worker: replacements, jobs that nobody can compute any more, new work.
    void review();
    void letGo();
    void retireReplaced();
    void failUncomputable();
    bool canCompute(const WorkerRecord& worker, ModelId model) const;
    bool mayCompute(const WorkerRecord& worker, ModelId model) const;

    // scheduler_batches.cpp: who runs what
    void dispatch();
    bool giveWork(WorkerRecord& worker);
    bool givePreparation(WorkerRecord& worker);
    bool giveGroup(WorkerRecord& worker);
    bool giveBatch(WorkerRecord& worker);
    std::size_t shareOf(const WorkerRecord& worker, const JobQueue& queue, ModelId model) const;
    std::size_t worthTaking(const WorkerRecord& worker, ModelId model, std::size_t waiting) const;
    std::optional<TimePoint> nextFree(const WorkerRecord& except, ModelId model) const;
    std::optional<TimePoint> fillTime(std::size_t waiting, int largest, std::span<const JobQueue::Pick> picks) const;
    std::vector<int> sizesFor(const WorkerRecord& worker, ModelId model) const;
    WorkerRecord* chooseLane(ModelId model);
    void run(WorkerRecord& worker, ModelId model, int size, std::vector<JobId> jobs);

    // scheduler_outcomes.cpp: what becomes of batches
    void settle(WorkerRecord& worker, const Running& batch, BatchOutcome& outcome);
    std::vector<JobId> stillRunning(const Running& batch) const;
    void fail(JobId job, Error error);
    void cancel(JobId job);
    void bisect(const Running& batch, WorkerId worker, const Error& error);
    void retryElsewhere(const Running& batch, WorkerId worker, const Error& error);
    void lowerCeiling(WorkerRecord& worker, const Running& batch, const Error& error);
    void raiseCeiling(WorkerRecord& worker, const Running& batch);
    void regroup(ModelId model, const std::vector<JobId>& jobs, WorkerId avoid, std::size_t groupSize);

    const Clock& m_clock;
    SchedulerOptions m_options;
    CostModel m_costs;
    StreamTable m_streams;
    std::unordered_map<JobId, Record> m_jobs;
    std::array<std::size_t, kJobClasses> m_waitingBytes{}, m_waiting{};
    std::array<WaitCorrection, kJobClasses> m_waitCorrections;
    JobQueue m_queue; ///< the common one
    std::list<Group> m_groups;
    int m_groupsInRow = 0; ///< given to workers while others may have waited
    std::set<std::pair<TimePoint, JobId>> m_deadlines; ///< of jobs that wait
    std::map<WorkerId, WorkerRecord> m_workers;
    std::map<std::string, CostKey> m_costKeys;
    std::set<ModelId> m_models;
    std::optional<Replacement> m_replacement;
    std::string m_replacementError;
    std::optional<TimePoint> m_holdUntil; ///< a worker waits for a frame or a fuller batch
    std::optional<TimePoint> m_drainAt;
    std::uint64_t m_stateVersion = 0;
    std::vector<Action> m_actions;
    std::mt19937_64 m_random;
    WorkerId m_lastWorker = 0;
    WorkerId m_lastDealt = 0; ///< of Balance::RoundRobin
    JobId m_lastJob = 0;
    std::uint64_t m_lastBatch = 0;
};

} // namespace lipsync::scheduling

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to the room: counts what a simulation does and checks what the scheduler promises.

#include "scheduling/simulator.h"

#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

namespace lipsync::scheduling {

/// What a simulated job is to the workers that try it.
enum class JobNature : std::uint8_t {
    Good,
    Failing, ///< no worker can compute it
    Killing, ///< ends every worker that tries
};

/// A simulated job's content, by which batches tell the ledger what started.
struct SimulatedContent final : JobContent {
    std::uint64_t number = 0; ///< counts the frames asked for
    JobNature nature = JobNature::Good;
    JobClass jobClass = JobClass::Bulk;
    TimePoint intended;
    std::optional<TimePoint> deadline; ///< that the asker has in mind, known to the scheduler or not
    bool isKnown = true; ///< the deadline, to the scheduler
    bool counts = true; ///< in figures
};

/// The books of a simulation. One thread.
class SimulationLedger {
public:
    explicit SimulationLedger(const Scenario& scenario);

    void accepted(JobId job, StreamId stream, const SimulatedContent& content);
    void refused(const SimulatedContent& content);
    /// A batch was given to a worker.
    void started(const Batch& batch, TimePoint now);
    void delivered(const JobResult& result, TimePoint now);
    /// After every change.
    void waits(const std::array<std::size_t, kJobClasses>& waiting);
    /// Keeps the first broken promise.
    void violate(const std::string& sentence);

    std::size_t outstanding() const { return m_jobs.size(); }
    /// The report, without what only the simulator knows.
    SimulationReport report() const;

private:
    struct Job {
        StreamId stream;
        SimulatedContent content;
        bool hasStarted = false;
    };
    struct Fresh {
        std::uint64_t batches; ///< given to workers before it was accepted
        TimePoint deadline;
    };
    void checkEnd(const Job& job, const JobResult& result);
    void checkStarvation(TimePoint now);

    const Scenario& m_scenario;
    const double m_countedSeconds;
    bool m_failsOnlyBadJobs = true; ///< no worker of the scenario fails by chance
    SimulationReport m_report;
    std::unordered_map<JobId, Job> m_jobs; ///< accepted and not delivered
    std::unordered_map<std::uint64_t, JobId> m_ids; ///< by content number
    std::unordered_map<StreamId, std::deque<JobId>> m_streams;
    std::array<std::vector<double>, kJobClasses> m_latencies;
    std::array<std::map<JobId, Fresh>, kJobClasses> m_fresh; ///< jobs that have not been in a batch
    std::array<std::uint64_t, kJobClasses> m_lastServed{}; ///< batch with a job of the class
    std::uint64_t m_frames = 0; ///< in batches
};

} // namespace lipsync::scheduling

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to the room: the workers of a simulation.

#include "scheduling/simulated_chance.h"
#include "scheduling/simulation_ledger.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace lipsync::scheduling {

/// What happens later in a simulation, in the order of time, then of planning. One thread.
class Agenda {
public:
    void plan(TimePoint time, std::function<void()> what)
    {
        m_events.emplace(std::pair(time, ++m_last), std::move(what));
    }
    bool empty() const { return m_events.empty(); }
    TimePoint next() const { return m_events.begin()->first.first; }
    /// The first event, which is no longer planned.
    std::function<void()> take() { return std::move(m_events.extract(m_events.begin()).mapped()); }

private:
    std::map<std::pair<TimePoint, std::uint64_t>, std::function<void()>> m_events;
    std::uint64_t m_last = 0;
};

/// Carries out what the scheduler wants of its workers, and reports back in virtual time. Workers that were given up
/// report too, as threads that still run would; that must not matter. One thread.
class SimulatedFleet {
public:
    SimulatedFleet(const Scenario& scenario, const Clock& clock, Scheduler& scheduler, Agenda& agenda,
                   SimulationLedger& ledger);

    /// One more worker of this kind.
    WorkerId add(const SimulatedWorkers& kind);
    /// As many fresh ones of the first kind take the place of all.
    void replaceAll();
    void removeOldest();
    /// Ends the first worker that has a batch; false when none has.
    bool killBusy();

    /// Anything but Deliver.
    void carryOut(const Action& action);

    double recoveryMs() const { return milliseconds(m_recovery); }
    std::uint64_t lost() const { return m_lost; }

private:
    /// One start of a worker.
    struct Seat {
        const SimulatedWorkers* kind;
        WorkerId worker;
        int incarnation;
        bool isBusy = false; ///< with a batch, a preparation or a check
        std::uint64_t batch = 0; ///< the running one
        std::map<ModelId, std::vector<int>> prepared;
    };
    using SeatPointer = std::shared_ptr<Seat>;

    void start(const StartWorker& action);
    void prepare(const PrepareModel& action);
    void run(const RunBatch& action);
    void check(const CheckHealth& action);
    void stop(const StopWorker& action);
    void checkBatch(const Seat& seat, const Batch& batch);
    BatchOutcome outcomeOf(const Seat& seat, const Batch& batch, Duration& took);
    void report(const SeatPointer& seat, std::uint64_t batch, const BatchOutcome& outcome);
    void occupy(const SeatPointer& seat, const char* what);
    SeatPointer seatOf(WorkerId worker) const;
    void after(Duration delay, std::function<void()> what) { m_agenda.plan(m_clock.now() + delay, std::move(what)); }

    const Scenario& m_scenario;
    const Clock& m_clock;
    Scheduler& m_scheduler;
    Agenda& m_agenda;
    SimulationLedger& m_ledger;
    SimulatedChance m_chance;
    std::map<WorkerId, const SimulatedWorkers*> m_kinds;
    std::map<WorkerId, SeatPointer> m_seats;
    std::map<WorkerId, TimePoint> m_lostAt; ///< of workers that have not computed anything since
    Duration m_recovery{};
    std::uint64_t m_lost = 0;
};

} // namespace lipsync::scheduling

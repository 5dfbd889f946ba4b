// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/simulated_fleet.h"

#include <algorithm>
#include <iterator>

namespace lipsync::scheduling {

namespace {

constexpr Duration kCheckTook = std::chrono::milliseconds(1);
constexpr double kShortestShare = 0.2; ///< of the mean time that a batch takes at least
constexpr double kOutOfMemoryShare = 0.25; ///< of a batch's time until it is found not to fit
constexpr Duration kStillReports = std::chrono::seconds(90); ///< when a hanging batch ends after all

/// s(b) of these workers.
double meanMs(const SimulatedWorkers& kind, int size)
{
    const auto& table = kind.tableMs;
    if (table.empty())
        return kind.baseMs + kind.perFrameMs * size;
    const auto above = table.lower_bound(size);
    if (above != table.end() && above->first == size)
        return above->second;
    if (above == table.begin()) // smaller than all: in proportion
        return above->second * size / above->first;
    if (above == table.end() && table.size() == 1)
        return std::prev(above)->second * size / std::prev(above)->first;
    const auto right = above == table.end() ? std::prev(above) : above, left = std::prev(right);
    const double share = static_cast<double>(size - left->first) / (right->first - left->first);
    return left->second + share * (right->second - left->second);
}

Error simulatedError(const char* what)
{
    return {ErrorCode::Resource, what, {}};
}

} // namespace

SimulatedFleet::SimulatedFleet(const Scenario& scenario, const Clock& clock, Scheduler& scheduler, Agenda& agenda,
                               SimulationLedger& ledger)
    : m_scenario(scenario)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_agenda(agenda)
    , m_ledger(ledger)
    , m_chance(scenario.seed ^ 0x9e3779b97f4a7c15U)
{
}

WorkerId SimulatedFleet::add(const SimulatedWorkers& kind)
{
    const auto id = m_scheduler.addWorker({kind.device, kind.device});
    m_kinds[id] = &kind;
    return id;
}

void SimulatedFleet::replaceAll()
{
    std::vector<WorkerId> old, fresh;
    for (const auto& worker : m_scheduler.snapshot().workers)
        old.push_back(worker.id);
    for (std::size_t i = 0; i < old.size(); ++i)
        fresh.push_back(add(m_scenario.workers.front()));
    m_scheduler.replaceWorkers(old, fresh);
}

void SimulatedFleet::removeOldest()
{
    const auto workers = m_scheduler.snapshot().workers;
    if (!workers.empty())
        m_scheduler.removeWorker(workers.front().id);
}

bool SimulatedFleet::killBusy()
{
    for (const auto& [id, seat] : m_seats) {
        if (seat->batch == 0)
            continue;
        report(seat, seat->batch,
               {BatchFailure::WorkerLost, simulatedError("The simulated worker was killed"), {}, {}});
        return true;
    }
    return false;
}

void SimulatedFleet::carryOut(const Action& action)
{
    if (const auto* some = std::get_if<StartWorker>(&action))
        start(*some);
    else if (const auto* some = std::get_if<PrepareModel>(&action))
        prepare(*some);
    else if (const auto* some = std::get_if<ReleaseModel>(&action))
        seatOf(some->worker)->prepared.erase(some->model);
    else if (const auto* some = std::get_if<RunBatch>(&action))
        run(*some);
    else if (const auto* some = std::get_if<CheckHealth>(&action))
        check(*some);
    else if (const auto* some = std::get_if<StopWorker>(&action))
        stop(*some);
}

SimulatedFleet::SeatPointer SimulatedFleet::seatOf(WorkerId worker) const
{
    const auto found = m_seats.find(worker);
    if (found != m_seats.end())
        return found->second;
    m_ledger.violate(fmt::format("Worker {} was given something to do while it was not there", worker));
    static const SimulatedWorkers nobody;
    return std::make_shared<Seat>(Seat{&nobody, worker, 0, false, 0, {}});
}

void SimulatedFleet::occupy(const SeatPointer& seat, const char* what)
{
    if (seat->isBusy)
        m_ledger.violate(fmt::format("Worker {} was given {} while it was busy", seat->worker, what));
    seat->isBusy = true;
}

void SimulatedFleet::start(const StartWorker& action)
{
    if (m_seats.contains(action.worker))
        m_ledger.violate(fmt::format("Worker {} was started while it was there", action.worker));
    const auto* kind = m_kinds.at(action.worker);
    m_seats[action.worker] = std::make_shared<Seat>(Seat{kind, action.worker, action.incarnation, false, 0, {}});
    const bool fails = m_chance.happens(kind->loadFailureProbability);
    after(fails ? fromMilliseconds(kind->loadMs) : Duration::zero(), [this, action, fails] {
        const Status failed = tl::unexpected(simulatedError("The simulated worker could not start"));
        m_scheduler.workerStarted(action.worker, action.incarnation, fails ? failed : Status());
    });
}

void SimulatedFleet::prepare(const PrepareModel& action)
{
    const auto seat = seatOf(action.worker);
    occupy(seat, "a preparation");
    after(fromMilliseconds(seat->kind->loadMs), [this, seat, action] {
        seat->isBusy = false;
        seat->prepared[action.model] = action.batchSizes;
        m_scheduler.modelPrepared(action.worker, action.incarnation, action.model, {});
    });
}

void SimulatedFleet::check(const CheckHealth& action)
{
    const auto seat = seatOf(action.worker);
    occupy(seat, "a check");
    after(kCheckTook, [this, seat, action] {
        seat->isBusy = false;
        m_scheduler.healthChecked(action.worker, action.incarnation, {});
    });
}

void SimulatedFleet::stop(const StopWorker& action)
{
    if (m_seats.erase(action.worker) == 0)
        m_ledger.violate(fmt::format("Worker {} was stopped while it was not there", action.worker));
    if (action.abandon) {
        ++m_lost;
        m_lostAt.try_emplace(action.worker, m_clock.now());
    }
}

void SimulatedFleet::run(const RunBatch& action)
{
    const auto seat = seatOf(action.worker);
    occupy(seat, "a batch");
    checkBatch(*seat, action.batch);
    m_ledger.started(action.batch, m_clock.now());
    seat->batch = action.batch.number;
    const double spread = std::max(kShortestShare, 1 + seat->kind->jitter * m_chance.normal());
    auto took = fromMilliseconds(meanMs(*seat->kind, action.batch.paddedSize) * spread);
    auto outcome = outcomeOf(*seat, action.batch, took);
    after(took, [this, seat, number = action.batch.number, outcome = std::move(outcome)] {
        if (seat->batch == number) // it was not killed meanwhile
            report(seat, number, outcome);
    });
}

void SimulatedFleet::checkBatch(const Seat& seat, const Batch& batch)
{
    const auto sizes = seat.prepared.find(batch.model);
    if (sizes == seat.prepared.end() ||
        !std::binary_search(sizes->second.begin(), sizes->second.end(), batch.paddedSize)) {
        m_ledger.violate(
            fmt::format("Worker {} was given a batch of {} that it had not prepared", seat.worker, batch.paddedSize));
    }
    if (batch.contents.empty() || batch.contents.size() > static_cast<std::size_t>(batch.paddedSize))
        m_ledger.violate(fmt::format("{} frames were put into a batch of {}", batch.contents.size(), batch.paddedSize));
}

BatchOutcome SimulatedFleet::outcomeOf(const Seat& seat, const Batch& batch, Duration& took)
{
    const auto has = [&](JobNature nature) {
        return std::any_of(batch.contents.begin(), batch.contents.end(), [&](const auto& some) {
            return static_cast<const SimulatedContent&>(*some).nature == nature;
        });
    };
    const bool crashes = m_chance.happens(seat.kind->crashProbability);
    const bool hangs = m_chance.happens(seat.kind->hangProbability);
    const double share = m_chance.uniform();
    if (batch.paddedSize > seat.kind->outOfMemoryAbove) {
        took = fromMilliseconds(milliseconds(took) * kOutOfMemoryShare);
        return {BatchFailure::OutOfMemory, simulatedError("The simulated device has no memory left"), {}, {}};
    }
    if (crashes || has(JobNature::Killing)) {
        took = fromMilliseconds(milliseconds(took) * share);
        return {BatchFailure::WorkerLost, simulatedError("The simulated worker crashed"), {}, {}};
    }
    if (hangs)
        took += kStillReports;
    if (has(JobNature::Failing))
        return {BatchFailure::Job, simulatedError("The simulated frame cannot be computed"), {}, {}};
    BatchOutcome outcome;
    for (std::size_t i = 0; i < batch.contents.size(); ++i)
        outcome.outputs.push_back(std::make_shared<JobOutput>());
    outcome.times.infer = took;
    return outcome;
}

void SimulatedFleet::report(const SeatPointer& seat, std::uint64_t batch, const BatchOutcome& outcome)
{
    seat->isBusy = false;
    seat->batch = 0;
    const auto current = m_seats.find(seat->worker);
    const auto lost = m_lostAt.find(seat->worker);
    const bool isCurrent = current != m_seats.end() && current->second == seat;
    if (isCurrent && lost != m_lostAt.end() && outcome.failure == BatchFailure::None) {
        m_recovery = std::max(m_recovery, m_clock.now() - lost->second);
        m_lostAt.erase(lost);
    }
    m_scheduler.batchFinished(seat->worker, batch, outcome);
}

} // namespace lipsync::scheduling

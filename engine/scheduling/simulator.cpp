// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/simulator.h"

#include "scheduling/simulated_chance.h"
#include "scheduling/simulated_fleet.h"
#include "scheduling/simulation_ledger.h"

#include <algorithm>
#include <set>

namespace lipsync::scheduling {

namespace {

constexpr Duration kAsksAgain = std::chrono::milliseconds(1); ///< when an endless stream was refused
constexpr int kMostIdleWakeups = 8; ///< in a row that may change nothing

Duration fromSeconds(double value)
{
    constexpr double kMilli = 1000;
    return fromMilliseconds(value * kMilli);
}

/// Plays one scenario.
class Simulation {
public:
    explicit Simulation(const Scenario& scenario)
        : m_scenario(scenario)
        , m_scheduler(m_clock, scenario.options)
        , m_ledger(scenario)
        , m_fleet(scenario, m_clock, m_scheduler, m_agenda, m_ledger)
        , m_chance(scenario.seed)
    {
    }

    SimulationReport play();

private:
    struct Stream {
        const SimulatedLoad* load;
        StreamId id;
        std::int64_t next = 0;
        TimePoint talksUntil;
    };

    void setUp();
    void setUp(const SimulatedLoad& load);
    void playEvent(const SimulatedEvent& event);
    void finishDrain();
    void pace(Stream& stream);
    void arrive(const SimulatedLoad& load, std::size_t firstStream);
    void refill(Stream& stream);
    bool submit(Stream& stream);
    void carryOut();
    void wakeScheduler();
    bool isOver(const SimulatedLoad& load) const { return m_clock.now() >= std::min(endOf(load), m_end); }
    TimePoint endOf(const SimulatedLoad& load) const;
    TimePoint at(double seconds) const { return TimePoint{} + fromSeconds(seconds); }

    const Scenario& m_scenario;
    VirtualClock m_clock;
    Scheduler m_scheduler;
    SimulationLedger m_ledger;
    Agenda m_agenda;
    SimulatedFleet m_fleet;
    SimulatedChance m_chance;
    std::deque<Stream> m_streams; ///< never moved
    std::map<StreamId, Stream*> m_endless; ///< refilled at every delivery
    std::uint64_t m_lastNumber = 0;
    TimePoint m_end;
    std::uint64_t m_drains = 0;
    bool m_isDraining = false;
    int m_idleWakeups = 0;
};

TimePoint Simulation::endOf(const SimulatedLoad& load) const
{
    return load.endSeconds < m_scenario.seconds ? at(load.endSeconds) : m_end;
}

void Simulation::setUp()
{
    m_end = at(m_scenario.seconds);
    std::set<ModelId> models;
    for (const auto& load : m_scenario.loads)
        models.insert(load.model);
    for (const auto model : models)
        m_scheduler.addModel(model);
    for (const auto& kind : m_scenario.workers) {
        for (int i = 0; i < kind.count; ++i)
            m_fleet.add(kind);
    }
    for (const auto& load : m_scenario.loads)
        setUp(load);
    for (const auto& event : m_scenario.events)
        m_agenda.plan(at(event.atSeconds), [this, &event] { playEvent(event); });
}

void Simulation::setUp(const SimulatedLoad& load)
{
    using Arrival = SimulatedLoad::Arrival;
    const bool isPaced = load.arrival == Arrival::Paced;
    const auto period = isPaced ? fromSeconds(1 / load.rate) : Duration::zero();
    const auto first = m_streams.size();
    for (int i = 0; i < load.streams; ++i) {
        const auto id = m_scheduler.openStream({load.jobClass, load.latestWins, period});
        auto& stream = m_streams.emplace_back(Stream{&load, id, 0, {}});
        auto start = at(load.startSeconds);
        if (load.arrival == Arrival::Endless) {
            m_endless.emplace(id, &stream);
            m_agenda.plan(start, [this, &stream] { refill(stream); });
        }
        if (!isPaced)
            continue;
        start +=
            fromSeconds((load.randomPhase ? m_chance.uniform() : static_cast<double>(i) / load.streams) / load.rate);
        if (load.duty < 1 && !m_chance.happens(load.duty)) // the viewer is silent at first
            start += fromSeconds(m_chance.exponential(load.talkSeconds * (1 - load.duty) / load.duty));
        stream.talksUntil = start + fromSeconds(m_chance.exponential(load.talkSeconds));
        m_agenda.plan(start, [this, &stream] { pace(stream); });
    }
    if (load.arrival == Arrival::Poisson)
        m_agenda.plan(at(load.startSeconds), [this, &load, first] { arrive(load, first); });
}

void Simulation::pace(Stream& stream)
{
    const auto& load = *stream.load;
    if (isOver(load))
        return;
    submit(stream);
    auto next = m_clock.now() + fromSeconds(1 / load.rate);
    if (load.duty < 1 && next > stream.talksUntil) {
        next += fromSeconds(m_chance.exponential(load.talkSeconds * (1 - load.duty) / load.duty));
        stream.talksUntil = next + fromSeconds(m_chance.exponential(load.talkSeconds));
    }
    m_agenda.plan(next, [this, &stream] { pace(stream); });
}

void Simulation::arrive(const SimulatedLoad& load, std::size_t firstStream)
{
    if (isOver(load))
        return;
    submit(m_streams[firstStream + static_cast<std::size_t>(m_chance.whole(0, load.streams - 1))]);
    m_agenda.plan(m_clock.now() + fromSeconds(m_chance.exponential(1 / load.rate)),
                  [this, &load, firstStream] { arrive(load, firstStream); });
}

void Simulation::refill(Stream& stream)
{
    for (int i = 0; i < stream.load->outstanding && !isOver(*stream.load); ++i) {
        if (!submit(stream))
            break;
    }
}

bool Simulation::submit(Stream& stream)
{
    const auto& load = *stream.load;
    const auto now = m_clock.now();
    auto content = std::make_shared<SimulatedContent>();
    content->number = ++m_lastNumber;
    content->jobClass = load.jobClass;
    content->intended = now;
    if (load.deadlineMs)
        content->deadline = now + fromMilliseconds(*load.deadlineMs);
    content->isKnown = load.isDeadlineKnown;
    content->counts = now >= at(m_scenario.warmUpSeconds);
    if (load.failingShare > 0 && m_chance.happens(load.failingShare))
        content->nature = JobNature::Failing;
    else if (load.killingShare > 0 && m_chance.happens(load.killingShare))
        content->nature = JobNature::Killing;

    FrameJob job;
    job.stream = stream.id;
    job.sequence = stream.next;
    job.model = load.model;
    if (load.isDeadlineKnown)
        job.deadline = content->deadline;
    job.content = content;
    if (const auto id = m_scheduler.submit(std::move(job))) {
        ++stream.next;
        m_ledger.accepted(*id, stream.id, *content);
        return true;
    }
    m_ledger.refused(*content);
    if (load.arrival == SimulatedLoad::Arrival::Endless)
        m_agenda.plan(now + kAsksAgain, [this, &stream] {
            if (!isOver(*stream.load))
                submit(stream);
        });
    return false;
}

void Simulation::playEvent(const SimulatedEvent& event)
{
    using Kind = SimulatedEvent::Kind;
    switch (event.kind) {
    case Kind::Drain:
        m_isDraining = true;
        m_scheduler.drain(Duration::zero());
        break;
    case Kind::KillWorker:
        if (!m_fleet.killBusy() && m_clock.now() < m_end)
            m_agenda.plan(m_clock.now() + kAsksAgain, [this, &event] { playEvent(event); });
        break;
    case Kind::AddWorker:
        m_fleet.add(m_scenario.workers.front());
        break;
    case Kind::RemoveWorker:
        m_fleet.removeOldest();
        break;
    case Kind::ReplaceWorkers:
        m_fleet.replaceAll();
        break;
    case Kind::SetBatching:
        m_scheduler.setBatching(batchSizesUpTo(event.value), m_scenario.options.maxWait, m_scenario.options.balance);
        break;
    case Kind::CancelStreams:
        for (const auto& stream : m_streams)
            m_scheduler.cancelStream(stream.id);
        break;
    }
}

void Simulation::finishDrain()
{
    if (!m_isDraining || !m_scheduler.isDrained())
        return;
    if (m_ledger.outstanding() > 0)
        m_ledger.violate(fmt::format("Drained while {} accepted frames were missing", m_ledger.outstanding()));
    m_isDraining = false;
    ++m_drains;
    m_scheduler.stopDraining();
}

void Simulation::carryOut()
{
    for (auto actions = m_scheduler.takeActions(); !actions.empty(); actions = m_scheduler.takeActions()) {
        m_idleWakeups = 0;
        for (auto& action : actions) {
            if (auto* deliver = std::get_if<Deliver>(&action)) {
                m_ledger.delivered(deliver->result, m_clock.now());
                const auto endless = m_endless.find(deliver->result.stream);
                if (endless != m_endless.end() && !isOver(*endless->second->load))
                    submit(*endless->second);
            } else {
                m_fleet.carryOut(action);
            }
        }
    }
    m_ledger.waits(m_scheduler.waiting());
    finishDrain();
}

void Simulation::wakeScheduler()
{
    m_scheduler.advance();
    if (++m_idleWakeups > kMostIdleWakeups)
        m_ledger.violate(fmt::format("The scheduler wants to be woken at {:.3f} ms again and again",
                                     milliseconds(m_clock.now().time_since_epoch())));
}

SimulationReport Simulation::play()
{
    setUp();
    carryOut();
    const auto last = m_end + fromSeconds(m_scenario.drainSeconds);
    const auto mayGoOn = [&] {
        return m_idleWakeups <= kMostIdleWakeups && (m_clock.now() < m_end || m_ledger.outstanding() > 0);
    };
    while (mayGoOn()) {
        const auto wakeup = m_scheduler.nextWakeup();
        auto next = last + Duration(1);
        if (!m_agenda.empty())
            next = m_agenda.next();
        const bool wakes = wakeup && *wakeup <= next;
        if (wakes)
            next = *wakeup;
        if (next > last)
            break;
        if (next > m_clock.now())
            m_idleWakeups = 0;
        m_clock.advanceTo(next);
        if (wakes)
            wakeScheduler();
        else
            m_agenda.take()();
        carryOut();
    }
    auto report = m_ledger.report();
    double busy = 0, present = 0;
    for (const auto& worker : m_scheduler.snapshot().workers) {
        busy += seconds(worker.busy);
        present += seconds(m_clock.now().time_since_epoch());
    }
    report.utilisation = present > 0 ? busy / present : 0;
    report.recoveryMs = m_fleet.recoveryMs();
    report.workersLost = m_fleet.lost();
    report.drains = m_drains;
    return report;
}

} // namespace

SimulationReport simulate(const Scenario& scenario)
{
    return Simulation(scenario).play();
}

} // namespace lipsync::scheduling

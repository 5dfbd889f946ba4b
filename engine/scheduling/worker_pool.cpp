// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/worker_pool.h"

#include "base/thread_name.h"

#include <algorithm>

namespace lipsync::scheduling {

namespace {

template <typename... Handlers> struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <typename... Handlers> Overloaded(Handlers...) -> Overloaded<Handlers...>;

} // namespace

WorkerPool::WorkerPool(SchedulerOptions options, PoolEvents events)
    : m_events(std::move(events))
    , m_scheduler(m_clock, std::move(options))
    , m_deliveryThread([this](std::stop_token stop) { deliver(stop); })
    , m_watchThread([this](std::stop_token stop) { watch(stop); })
{
}

WorkerPool::~WorkerPool()
{
    m_watchThread.request_stop();
    m_watchThread.join(); // nobody starts workers any more
    std::map<WorkerId, std::shared_ptr<Seat>> seats;
    std::map<StreamId, std::shared_ptr<Deliver>> receivers; // what they hold ends without the lock
    {
        std::lock_guard lock(m_mutex);
        seats.swap(m_seats);
        receivers.swap(m_streams);
    }
    for (auto& [id, seat] : seats)
        leave(*seat, /*abandon=*/true);
    // Joined by hand: a worker's own thread may be the last to let go of its seat, and cannot wait for itself.
    for (auto& [id, seat] : seats)
        seat->thread.join();
    for (auto& seat : m_leaving)
        seat->thread.join();
    m_deliveryThread.request_stop();
    m_deliveryThread.join();
}

/// Changes the scheduler and carries out what follows from it; threads are woken once the lock is free again.
template <typename Change> auto WorkerPool::change(Change&& change)
{
    Wakes wakes;
    if constexpr (std::is_void_v<decltype(change(m_scheduler))>) {
        {
            std::lock_guard lock(m_mutex);
            change(m_scheduler);
            wakes = carryOut();
        }
        wake(wakes);
    } else {
        std::optional<decltype(change(m_scheduler))> value;
        {
            std::lock_guard lock(m_mutex);
            value.emplace(change(m_scheduler));
            wakes = carryOut();
        }
        wake(wakes);
        return std::move(*value);
    }
}

void WorkerPool::wake(const Wakes& wakes)
{
    for (const auto& seat : wakes.seats)
        seat->wake.notify_one();
    if (wakes.delivery)
        m_undelivered.notify_one();
    if (wakes.watch)
        m_wakeup.notify_one();
    if (wakes.waiters)
        m_changed.notify_all();
}

/// Waits for a state; false when stopped before.
template <typename Condition>
bool WorkerPool::waitUntil(std::unique_lock<std::mutex>& lock, const std::stop_token& stop, Condition condition)
{
    ++m_waiters;
    const bool isThere = m_changed.wait(lock, stop, condition);
    --m_waiters;
    return isThere;
}

/// Needs m_mutex. Hands the scheduler's actions to the threads they concern; says who should look.
WorkerPool::Wakes WorkerPool::carryOut()
{
    Wakes wakes;
    const auto command = [&](WorkerId id, Command what) {
        const auto seat = m_seats.find(id);
        if (seat == m_seats.end())
            return;
        seat->second->commands.push_back(std::move(what));
        wakes.seats.push_back(seat->second);
    };
    for (auto& action : m_scheduler.takeActions()) {
        std::visit(Overloaded{
                       [&](StartWorker& start) {
                           auto seat = std::make_shared<Seat>();
                           seat->id = start.worker;
                           seat->incarnation = start.incarnation;
                           seat->spec = m_specs.at(start.worker);
                           seat->thread = std::jthread([this, seat = seat.get()](std::stop_token stop) {
                               setThreadName(fmt::format("worker {}", seat->id).c_str());
                               sit(*seat, stop);
                           });
                           m_seats[start.worker] = std::move(seat);
                       },
                       [&](PrepareModel& prepare) { command(prepare.worker, std::move(prepare)); },
                       [&](ReleaseModel& release) { command(release.worker, release); },
                       [&](RunBatch& run) { command(run.worker, std::move(run.batch)); },
                       [&](CheckHealth& check) { command(check.worker, check); },
                       [&](StopWorker& stop) {
                           const auto seat = m_seats.find(stop.worker);
                           if (seat == m_seats.end())
                               return;
                           leave(*seat->second, stop.abandon);
                           m_leaving.push_back(std::move(seat->second));
                           m_seats.erase(seat);
                       },
                       [&](scheduling::Deliver& deliver) { m_deliveries.push_back(std::move(deliver.result)); },
                   },
                   action);
    }
    wakes.delivery = hasNews();
    const auto next = m_scheduler.nextWakeup();
    wakes.waiters = m_waiters > 0;
    wakes.watch = next && (!m_watchedUntil || *next < *m_watchedUntil);
    return wakes;
}

void WorkerPool::leave(Seat& seat, bool abandon)
{
    seat.thread.request_stop();
    if (!abandon)
        return;
    std::lock_guard lock(seat.workerMutex);
    seat.isAbandoned = true;
    if (seat.worker)
        seat.worker->abandon();
}

/// A worker's thread, from its start to its end.
void WorkerPool::sit(Seat& seat, const std::stop_token& stop)
{
    if (!stop.stop_requested()) {
        const auto worker = seat.spec.make();
        bool abandoned;
        {
            std::lock_guard lock(seat.workerMutex);
            abandoned = seat.isAbandoned;
            seat.worker = worker.get();
        }
        if (!abandoned)
            obey(seat, *worker, stop);
        std::lock_guard lock(seat.workerMutex);
        seat.worker = nullptr;
    }
    {
        std::lock_guard lock(m_mutex);
        seat.isDone = m_hasLeft = true;
    }
    m_wakeup.notify_one(); // the watching thread clears it away
}

void WorkerPool::obey(Seat& seat, Worker& worker, const std::stop_token& stop)
{
    const auto started = worker.start();
    if (stop.stop_requested())
        return;
    change([&](Scheduler& scheduler) {
        seat.processId = worker.processId();
        scheduler.workerStarted(seat.id, seat.incarnation, started);
    });
    while (auto command = nextCommand(seat, worker, stop))
        carryOut(seat, worker, *command);
}

/// Waits for it; meanwhile a process that ended by itself is told to the scheduler. Nothing when the worker leaves.
std::optional<WorkerPool::Command> WorkerPool::nextCommand(Seat& seat, Worker& worker, const std::stop_token& stop)
{
    constexpr auto kLook = std::chrono::milliseconds(500);
    const auto hasCommand = [&] { return !seat.commands.empty(); };
    std::unique_lock lock(m_mutex);
    bool isWatched = worker.processId() != 0;
    while (isWatched && !seat.wake.wait_for(lock, stop, kLook, hasCommand) && !stop.stop_requested()) {
        lock.unlock();
        if (auto end = worker.processEnd()) {
            isWatched = false;
            change([&](Scheduler& scheduler) {
                scheduler.healthChecked(seat.id, seat.incarnation, tl::unexpected(*std::move(end)));
            });
        }
        lock.lock();
    }
    if (!seat.wake.wait(lock, stop, hasCommand))
        return {};
    auto command = std::move(seat.commands.front());
    seat.commands.pop_front();
    return command;
}

void WorkerPool::carryOut(Seat& seat, Worker& worker, Command& command)
{
    std::visit(
        Overloaded{
            [&](const PrepareModel& prepare) {
                const auto status = worker.prepare(prepare.model, prepare.batchSizes);
                change([&](Scheduler& scheduler) {
                    scheduler.modelPrepared(seat.id, seat.incarnation, prepare.model, status);
                });
            },
            [&](const ReleaseModel& release) { worker.release(release.model); },
            [&](const Batch& batch) {
                auto outcome = worker.run(batch);
                change(
                    [&](Scheduler& scheduler) { scheduler.batchFinished(seat.id, batch.number, std::move(outcome)); });
            },
            [&](const CheckHealth&) {
                const auto status = worker.checkHealth();
                change([&](Scheduler& scheduler) { scheduler.healthChecked(seat.id, seat.incarnation, status); });
            },
        },
        command);
}

void WorkerPool::watch(std::stop_token stop)
{
    setThreadName("scheduler");
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        m_watchedUntil = m_scheduler.nextWakeup();
        const auto hasNews = [&] {
            const auto next = m_scheduler.nextWakeup();
            return m_hasLeft || (next && (!m_watchedUntil || *next < *m_watchedUntil));
        };
        if (m_watchedUntil)
            m_wakeup.wait_until(lock, stop, *m_watchedUntil, hasNews);
        else
            m_wakeup.wait(lock, stop, hasNews);
        const bool isDue = m_watchedUntil && *m_watchedUntil <= m_clock.now();
        lock.unlock();
        reap();
        if (isDue && !stop.stop_requested())
            change([](Scheduler& scheduler) { scheduler.advance(); });
        lock.lock();
    }
}

void WorkerPool::reap()
{
    std::list<std::shared_ptr<Seat>> done; // joined without the lock
    std::lock_guard lock(m_mutex);
    if (!std::exchange(m_hasLeft, false))
        return;
    for (auto seat = m_leaving.begin(); seat != m_leaving.end();) {
        const auto next = std::next(seat);
        if ((*seat)->isDone)
            done.splice(done.end(), m_leaving, seat);
        seat = next;
    }
    std::set<WorkerId> present;
    for (const auto& worker : m_scheduler.snapshot().workers)
        present.insert(worker.id);
    std::erase_if(m_specs, [&](const auto& spec) { return !present.contains(spec.first); });
}

void WorkerPool::deliver(std::stop_token stop)
{
    setThreadName("delivery");
    std::unique_lock lock(m_mutex);
    while (m_undelivered.wait(lock, stop, [&] { return hasNews(); })) {
        if (m_toldState != m_scheduler.stateVersion()) {
            m_toldState = m_scheduler.stateVersion();
            lock.unlock();
            if (m_events.workersChanged)
                m_events.workersChanged();
            lock.lock();
            continue;
        }
        auto result = std::move(m_deliveries.front());
        m_deliveries.pop_front();
        const auto found = m_streams.find(result.stream);
        auto receiver = found == m_streams.end() ? nullptr : found->second;
        m_deliveringTo = result.stream;
        lock.unlock();
        if (m_events.ended)
            m_events.ended(result);
        if (receiver)
            (*receiver)(std::move(result));
        receiver.reset(); // without the lock: what it holds may end with it
        lock.lock();
        m_deliveringTo = 0;
        m_delivered.notify_all();
        if (m_waiters > 0)
            m_changed.notify_all();
    }
}

/// Needs m_mutex: whether the delivery thread has something to do.
bool WorkerPool::hasNews() const
{
    return !m_deliveries.empty() || m_toldState != m_scheduler.stateVersion();
}

std::unique_ptr<WorkerPool::Stream> WorkerPool::openStream(const StreamOptions& options, Deliver deliver)
{
    std::lock_guard lock(m_mutex);
    const auto id = m_scheduler.openStream(options);
    m_streams[id] = std::make_shared<Deliver>(std::move(deliver));
    return std::unique_ptr<Stream>(new Stream(*this, id));
}

WorkerPool::Stream::~Stream()
{
    m_pool.closeStream(m_id);
}

tl::expected<JobId, Refusal> WorkerPool::Stream::submit(FrameJob job)
{
    job.stream = m_id;
    return m_pool.change([&](Scheduler& scheduler) { return scheduler.submit(std::move(job)); });
}

void WorkerPool::Stream::cancel()
{
    m_pool.change([&](Scheduler& scheduler) { scheduler.cancelStream(m_id); });
}

void WorkerPool::closeStream(StreamId stream)
{
    // What the receiver holds ends without the lock.
    const auto receiver = change([&](Scheduler& scheduler) {
        scheduler.closeStream(stream);
        return m_streams.extract(stream);
    });
    if (std::this_thread::get_id() == m_deliveryThread.get_id())
        return; // closed by its own receiver
    std::unique_lock lock(m_mutex);
    m_delivered.wait(lock, [&] { return m_deliveringTo != stream; });
}

WorkerId WorkerPool::addWorker(WorkerSpec spec)
{
    return change([&](Scheduler& scheduler) {
        const auto id = scheduler.addWorker(spec.traits);
        m_specs[id] = std::move(spec);
        return id;
    });
}

void WorkerPool::removeWorker(WorkerId worker)
{
    change([&](Scheduler& scheduler) { scheduler.removeWorker(worker); });
}

void WorkerPool::restartWorker(WorkerId worker)
{
    change([&](Scheduler& scheduler) { scheduler.restartWorker(worker); });
}

void WorkerPool::replaceWorkers(const std::vector<WorkerId>& old, std::vector<WorkerSpec> fresh)
{
    change([&](Scheduler& scheduler) {
        std::vector<WorkerId> added;
        for (auto& spec : fresh) {
            added.push_back(scheduler.addWorker(spec.traits));
            m_specs[added.back()] = std::move(spec);
        }
        scheduler.replaceWorkers(old, added);
    });
}

Status WorkerPool::waitForReplacement(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    if (!waitUntil(lock, stop, [&] { return !m_scheduler.isReplacing(); }))
        return failure(ErrorCode::Interrupted, "Stopped while waiting for the workers");
    if (!m_scheduler.replacementError().empty())
        return failure(ErrorCode::Resource, m_scheduler.replacementError());
    return {};
}

void WorkerPool::setBatching(const std::vector<int>& batchSizes, Duration maxWait, Balance balance)
{
    change([&](Scheduler& scheduler) { scheduler.setBatching(batchSizes, maxWait, balance); });
}

void WorkerPool::setShares(const ClassShares& shares)
{
    change([&](Scheduler& scheduler) { scheduler.setShares(shares); });
}

void WorkerPool::addModel(ModelId model)
{
    change([&](Scheduler& scheduler) { scheduler.addModel(model); });
}

void WorkerPool::removeModel(ModelId model)
{
    change([&](Scheduler& scheduler) { scheduler.removeModel(model); });
}

Status WorkerPool::waitForModel(ModelId model, const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    std::optional<Status> state;
    const auto isKnown = [&] {
        state = m_scheduler.modelState(model);
        return state.has_value();
    };
    if (!waitUntil(lock, stop, isKnown))
        return failure(ErrorCode::Interrupted, "Stopped while waiting for the workers");
    return *state;
}

Status WorkerPool::drain(Duration lameDuck, const std::stop_token& stop)
{
    change([&](Scheduler& scheduler) { scheduler.drain(lameDuck); });
    std::unique_lock lock(m_mutex);
    const auto isDone = [&] { return m_scheduler.isDrained() && m_deliveries.empty() && m_deliveringTo == 0; };
    if (!waitUntil(lock, stop, isDone))
        return failure(ErrorCode::Interrupted, "Stopped while waiting for the last frames");
    return {};
}

void WorkerPool::stopDraining()
{
    change([](Scheduler& scheduler) { scheduler.stopDraining(); });
}

SchedulerSnapshot WorkerPool::snapshot() const
{
    std::lock_guard lock(m_mutex);
    return m_scheduler.snapshot();
}

std::array<std::size_t, kJobClasses> WorkerPool::waiting() const
{
    std::lock_guard lock(m_mutex);
    return m_scheduler.waiting();
}

SchedulerOptions WorkerPool::options() const
{
    std::lock_guard lock(m_mutex);
    return m_scheduler.options();
}

std::optional<Duration> WorkerPool::predictedWait(ModelId model, JobClass jobClass) const
{
    std::lock_guard lock(m_mutex);
    return m_scheduler.predictedWait(model, jobClass);
}

std::map<int, Duration> WorkerPool::measuredCosts(const std::string& costKey, ModelId model) const
{
    std::lock_guard lock(m_mutex);
    return m_scheduler.measuredCosts(costKey, model);
}

int WorkerPool::processOf(WorkerId worker) const
{
    std::lock_guard lock(m_mutex);
    const auto seat = m_seats.find(worker);
    return seat == m_seats.end() ? 0 : seat->second->processId;
}

std::vector<int> WorkerPool::childProcesses() const
{
    std::lock_guard lock(m_mutex);
    std::vector<int> processes;
    for (const auto& [id, seat] : m_seats) {
        if (seat->processId > 0)
            processes.push_back(seat->processId);
    }
    return processes;
}

} // namespace lipsync::scheduling

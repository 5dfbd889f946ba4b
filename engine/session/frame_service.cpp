// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/frame_service.h"

#include "inference/kserve_address.h"
#include "inference/kserve_worker.h"
#include "inference/process_worker.h"
#include "inference/remote_worker.h"
#include "inference/torch_worker.h"
#include "metrics/device_probe.h"
#include "metrics/process_probe.h"

#include <algorithm>
#include <cstdlib>
#include <deque>

namespace lipsync::session {

namespace {

/// The program that understands `worker`: the given one, or lipsync beside the program that runs.
std::filesystem::path findWorkerProgram(const std::filesystem::path& wish)
{
    if (!wish.empty())
        return wish;
    std::error_code problem;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", problem);
    return self.parent_path() / "lipsync";
}

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

bool isRemote(const std::string& device)
{
    return device.find(':') != std::string::npos && !device.starts_with("cuda:");
}

scheduling::SchedulerOptions schedulerOptions(const FrameServiceOptions& options)
{
    auto scheduler = options.scheduling;
    scheduler.batchSizes = options.plan.batchSizes;
    scheduler.maxWait = fromMilliseconds(options.plan.maxWaitMs);
    scheduler.balance = options.plan.balance;
    setWeights(scheduler, options.plan.shares);
    return scheduler;
}

WorkerState shown(const scheduling::WorkerSnapshot& worker)
{
    if (worker.leaving)
        return WorkerState::Stopping;
    switch (worker.state) {
    case scheduling::WorkerState::Starting:
        return WorkerState::Starting;
    case scheduling::WorkerState::Preparing:
        return WorkerState::Preparing;
    case scheduling::WorkerState::Busy:
        return WorkerState::Busy;
    case scheduling::WorkerState::Restarting:
        return WorkerState::Restarting;
    case scheduling::WorkerState::Failed:
        return WorkerState::Stopped;
    case scheduling::WorkerState::Idle:
    case scheduling::WorkerState::Checking:
        break;
    }
    return WorkerState::Idle;
}

} // namespace

OpenAvatar::OpenAvatar(FrameService& service, std::shared_ptr<const avatar::AvatarPackage> package,
                       std::shared_ptr<avatar::TemplateFrames> frames, scheduling::ModelId model)
    : m_service(service)
    , m_package(std::move(package))
    , m_frames(std::move(frames))
    , m_model(model)
{
}

OpenAvatar::~OpenAvatar()
{
    m_service.forget(m_model);
}

struct FrameService::Parts {
    std::shared_ptr<inference::ModelRegistry> models = std::make_shared<inference::ModelRegistry>();
    std::shared_ptr<inference::SharedNetworks> networks = std::make_shared<inference::SharedNetworks>();

    std::mutex mutex; ///< of everything below
    metrics::DeviceProbe devices;
    metrics::ProcessSample lastSample = metrics::sampleProcess({});
    std::map<scheduling::WorkerId, Duration> lastBusy;
    TimePoint lastPoll{};
    std::deque<std::pair<TimePoint, metrics::HistogramSnapshot>> earlierLatencies; ///< end to end, half a second apart

    void fillRecent(StatsSnapshot& statistics, metrics::HistogramSnapshot latencies);
    std::map<std::string, std::uint32_t> deviceNumbers; ///< as traces count them
    std::map<scheduling::WorkerId, std::uint32_t> workerDevices;
    std::set<std::uint64_t> countedBatches; ///< the last ones
};

// Percentiles of the last seconds: what came after the totals of two to two and a half seconds ago.
void FrameService::Parts::fillRecent(StatsSnapshot& statistics, metrics::HistogramSnapshot latencies)
{
    constexpr Duration kWindow = std::chrono::seconds(2);
    constexpr Duration kDistance = std::chrono::milliseconds(500);
    while (earlierLatencies.size() > 1 && statistics.time - earlierLatencies[1].first >= kWindow)
        earlierLatencies.pop_front();
    if (!earlierLatencies.empty())
        statistics.recentEndToEnd = latencies.since(earlierLatencies.front().second).summary();
    if (earlierLatencies.empty() || statistics.time - earlierLatencies.back().first >= kDistance)
        earlierLatencies.emplace_back(statistics.time, std::move(latencies));
}

Result<std::unique_ptr<FrameService>> FrameService::create(const FrameServiceOptions& options)
{
    if (auto sound = checkPlan(options.plan); !sound)
        return failure(sound);
    return std::unique_ptr<FrameService>(new FrameService(options));
}

FrameService::FrameService(const FrameServiceOptions& options)
    : m_options(options)
    , m_parts(std::make_unique<Parts>())
    , m_metrics(m_clock)
    , m_plan(options.plan)
    , m_pool(std::make_unique<scheduling::WorkerPool>(
          schedulerOptions(options),
          scheduling::PoolEvents{[this](const scheduling::JobResult& result) { observe(result); },
                                 options.stateChanged}))
{
    for (auto& worker : workersOf(m_plan))
        m_pool->addWorker(std::move(worker));
}

FrameService::~FrameService() = default;

std::string FrameService::costKey(const std::string& device) const
{
    std::lock_guard lock(m_mutex);
    return workerOn(device, m_plan).traits.costKey;
}

scheduling::WorkerSpec FrameService::workerOn(const std::string& device, const ConcurrencyPlan& plan) const
{
    scheduling::WorkerSpec spec;
    spec.traits.device = device;
    spec.traits.costKey = fmt::format("{} {} {} threads, {}", device, toString(plan.arithmetic), plan.threadsPerWorker,
                                      toString(plan.isolation));
    if (inference::isKserveAddress(device)) {
        const inference::KserveWorkerOptions options{device, environment("LIPSYNC_KSERVE_TOKEN"),
                                                     environment("LIPSYNC_KSERVE_CERTIFICATES")};
        spec.make = [models = m_parts->models, options] { return inference::makeKserveWorker(models, options); };
    } else if (isRemote(device)) {
        const inference::RemoteWorkerOptions options{device, environment("LIPSYNC_WORKER_TOKEN")};
        spec.make = [models = m_parts->models, options] { return inference::makeRemoteWorker(models, options); };
    } else if (plan.isolation == Isolation::Process) {
        inference::ProcessWorkerOptions options;
        options.program = findWorkerProgram(m_options.workerProgram);
        options.device = device;
        options.threads = plan.threadsPerWorker;
        options.precision = plan.arithmetic;
        // What the processes of a device keep together is no more than what threads would keep.
        const auto beside = std::ranges::find(plan.devices, device, &DevicePlan::device);
        options.imageCacheBytes = nn::kImageCacheBytes /
            static_cast<std::size_t>(beside == plan.devices.end() ? 1 : std::max(1, beside->workers));
        spec.make = [models = m_parts->models, options] { return inference::makeProcessWorker(models, options); };
    } else {
        const inference::TorchWorkerOptions options{.device = device,
                                                    .threads = plan.threadsPerWorker,
                                                    .arithmetic = plan.arithmetic,
                                                    .imageCacheBytes = nn::kImageCacheBytes};
        spec.make = [models = m_parts->models, networks = m_parts->networks, options] {
            return inference::makeTorchWorker(models, networks, options);
        };
    }
    return spec;
}

std::vector<scheduling::WorkerSpec> FrameService::workersOf(const ConcurrencyPlan& plan) const
{
    std::vector<scheduling::WorkerSpec> workers;
    for (const auto& device : plan.devices) {
        for (int i = 0; i < device.workers; ++i)
            workers.push_back(workerOn(device.device, plan));
    }
    return workers;
}

Result<std::shared_ptr<OpenAvatar>> FrameService::openAvatar(const std::filesystem::path& folder)
{
    std::error_code problem;
    const auto canonical = std::filesystem::weakly_canonical(folder, problem);
    const auto& place = problem ? folder : canonical;
    auto package = avatar::AvatarPackage::open(folder);
    if (!package)
        return failure(package);
    if (auto trained = (*package)->checkTrained(); !trained)
        return failure(trained);
    std::shared_ptr<OpenAvatar> present; // let go of without the lock
    {
        std::lock_guard lock(m_mutex);
        if (const auto known = m_avatars.find(place); known != m_avatars.end())
            present = known->second.lock();
    }
    if (present && present->package().manifest() == (*package)->manifest())
        return present;
    auto frames = avatar::TemplateFrames::open(*package);
    if (!frames)
        return failure(frames);
    const auto& manifest = (*package)->manifest();
    const auto model = m_parts->models->add(
        {manifest.name, (*package)->generatorFile(), manifest.generatorHash(), manifest.network, (*frames)->crops()});
    auto opened = std::make_shared<OpenAvatar>(*this, *package, *frames, model);
    m_pool->addModel(model);
    std::lock_guard lock(m_mutex);
    m_avatars[place] = opened;
    return opened;
}

Status FrameService::waitUntilReady(const OpenAvatar& avatar, const std::stop_token& stop)
{
    return m_pool->waitForModel(avatar.model(), stop);
}

void FrameService::forget(scheduling::ModelId model)
{
    m_pool->removeModel(model);
    m_parts->models->remove(model);
    std::lock_guard lock(m_mutex);
    std::erase_if(m_avatars, [](const auto& entry) { return entry.second.expired(); });
}

ConcurrencyPlan FrameService::plan() const
{
    std::lock_guard lock(m_mutex);
    return m_plan;
}

Status FrameService::apply(const ConcurrencyPlan& plan, const std::stop_token& stop)
{
    if (auto sound = checkPlan(plan); !sound)
        return sound;
    std::lock_guard applying(m_applying);
    const auto present = this->plan();
    m_pool->setBatching(plan.batchSizes, fromMilliseconds(plan.maxWaitMs), plan.balance);
    if (auto changed = changeWorkers(present, plan, stop); !changed) {
        m_pool->setBatching(present.batchSizes, fromMilliseconds(present.maxWaitMs), present.balance);
        m_isMixed = m_isMixed || changed.error().code == ErrorCode::Interrupted;
        return changed;
    }
    m_isMixed = false;
    m_pool->setShares(plan.shares);
    {
        std::lock_guard lock(m_mutex);
        m_plan = plan;
    }
    if (m_options.stateChanged)
        m_options.stateChanged();
    return {};
}

Status FrameService::changeWorkers(const ConcurrencyPlan& present, const ConcurrencyPlan& plan,
                                   const std::stop_token& stop)
{
    // Workers that stay what they are need not be started anew; the youngest leave first.
    const bool isSameKind = !m_isMixed && plan.isolation == present.isolation &&
        plan.arithmetic == present.arithmetic && plan.threadsPerWorker == present.threadsPerWorker;
    std::map<std::string, int> missing;
    for (const auto& device : plan.devices)
        missing[device.device] = device.workers;
    std::vector<scheduling::WorkerId> leaving;
    for (const auto& worker : m_pool->snapshot().workers) {
        if (worker.leaving)
            continue;
        if (isSameKind && missing[worker.traits.device] > 0)
            --missing[worker.traits.device];
        else
            leaving.push_back(worker.id);
    }
    std::vector<scheduling::WorkerSpec> fresh;
    for (const auto& device : plan.devices) {
        for (int i = 0; i < missing[device.device]; ++i)
            fresh.push_back(workerOn(device.device, plan));
    }
    if (!fresh.empty()) {
        m_pool->replaceWorkers(leaving, std::move(fresh));
        return m_pool->waitForReplacement(stop);
    }
    for (const auto worker : leaving)
        m_pool->removeWorker(worker);
    return {};
}

void FrameService::observe(const scheduling::JobResult& result)
{
    constexpr std::size_t kRememberedBatches = 256;
    bool isNewBatch = false;
    if (result.batch != 0) {
        std::lock_guard lock(m_parts->mutex);
        auto& counted = m_parts->countedBatches;
        isNewBatch = counted.insert(result.batch).second;
        if (counted.size() > kRememberedBatches)
            counted.erase(counted.begin());
    }
    if (isNewBatch) {
        m_metrics.recordBatch(result.batchSize);
        const auto waiting = m_pool->waiting();
        for (std::size_t i = 0; i < waiting.size(); ++i)
            m_metrics.recordQueueDepth(static_cast<FrameClass>(i), static_cast<std::int64_t>(waiting[i]));
    }
    if (result.outcome == scheduling::JobOutcome::Done)
        return; // its reader tells when it has it
    const auto trace = traceOf(result);
    m_metrics.record(trace);
    m_traces.push(trace);
}

metrics::FrameTrace FrameService::traceOf(const scheduling::JobResult& result)
{
    metrics::FrameTrace trace;
    trace.stream = result.stream;
    trace.sequence = result.sequence;
    trace.frameClass = result.jobClass;
    trace.outcome = result.outcome;
    trace.worker = result.worker;
    trace.device = deviceNumber(result.worker);
    trace.batch = result.batch;
    trace.batchSize = result.batchSize;
    trace.attempts = result.attempts;
    trace.submitted = result.submitted;
    trace.started = result.started;
    trace.finished = result.finished;
    trace.input = result.times.input;
    trace.infer = result.times.infer;
    trace.output = result.times.output;
    trace.deadline = result.deadline;
    return trace;
}

std::uint32_t FrameService::deviceNumber(scheduling::WorkerId worker)
{
    std::lock_guard lock(m_parts->mutex);
    const auto known = m_parts->workerDevices.find(worker);
    if (known != m_parts->workerDevices.end())
        return known->second;
    auto& numbers = m_parts->deviceNumbers;
    for (const auto& present : m_pool->snapshot().workers)
        m_parts->workerDevices[present.id] =
            numbers.emplace(present.traits.device, static_cast<std::uint32_t>(numbers.size())).first->second;
    return m_parts->workerDevices[worker];
}

std::vector<std::string> FrameService::deviceNames() const
{
    std::lock_guard lock(m_parts->mutex);
    std::vector<std::string> names(m_parts->deviceNumbers.size());
    for (const auto& [name, number] : m_parts->deviceNumbers)
        names[number] = name;
    return names;
}

void FrameService::recordDelivery(const scheduling::JobResult& result, TimePoint pasted)
{
    auto trace = traceOf(result);
    trace.pasted = pasted;
    trace.delivered = m_clock.now();
    m_metrics.record(trace);
    m_traces.push(trace);
}

void FrameService::recordRefusal()
{
    m_metrics.countDrop(DropReason::Refused);
}

StatsSnapshot FrameService::statistics()
{
    StatsSnapshot statistics;
    statistics.time = m_clock.now();
    m_metrics.fillSnapshot(statistics);
    const auto pool = m_pool->snapshot();
    for (std::size_t i = 0; i < pool.waiting.size(); ++i)
        statistics.classes[i].queue.now = static_cast<std::int64_t>(pool.waiting[i]);

    const auto children = m_pool->childProcesses();
    std::lock_guard lock(m_parts->mutex);
    auto& parts = *m_parts;
    parts.fillRecent(statistics, m_metrics.totals().endToEndOfAll());
    const auto elapsed = statistics.time - parts.lastPoll;
    std::map<scheduling::WorkerId, Duration> busy;
    for (const auto& worker : pool.workers) {
        WorkerStatus status;
        status.id = worker.id;
        status.device = worker.traits.device;
        status.state = shown(worker);
        status.since = worker.since;
        status.batches = worker.batches;
        status.frames = worker.frames;
        status.restarts = static_cast<std::uint64_t>(worker.restarts);
        status.heartbeatAgeMs = milliseconds(statistics.time - worker.lastHeard);
        status.processId = m_pool->processOf(worker.id);
        status.lastError = worker.lastError;
        const auto before = parts.lastBusy.find(worker.id);
        if (before != parts.lastBusy.end() && elapsed > Duration::zero())
            status.busyShare = std::clamp(seconds(worker.busy - before->second) / seconds(elapsed), 0.0, 1.0);
        busy[worker.id] = worker.busy;
        statistics.workers.push_back(std::move(status));
    }
    parts.lastBusy = std::move(busy);
    parts.lastPoll = statistics.time;
    statistics.devices = parts.devices.sample();
    const auto sample = metrics::sampleProcess(children);
    statistics.process = metrics::processStatus(parts.lastSample, sample);
    parts.lastSample = sample;
    return statistics;
}

} // namespace lipsync::session

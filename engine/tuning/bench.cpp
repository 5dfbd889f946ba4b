// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/bench.h"

#include "tuning/bare_loops.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>

namespace lipsync::tuning {

namespace {

constexpr double kSegmentSeconds = 1.25; ///< of a turn between workers and plain loops
constexpr int kMostSegments = 48;
constexpr std::int64_t kSegmentRequests = 100;
constexpr int kMostRequestSegments = 8;
constexpr double kShortestBareSeconds = 0.2;
constexpr double kTrySeconds = 0.25; ///< of each batch size of the plain loops
constexpr auto kLookInterval = std::chrono::milliseconds(5);

/// The loads of the turns: together what was asked for.
std::vector<LoadOptions> segmentsOf(const LoadOptions& whole)
{
    int count = 1;
    if (!whole.rate) { // a schedule is kept in one piece
        const auto bySeconds = static_cast<int>(std::lround(whole.seconds / kSegmentSeconds));
        const auto byRequests =
            static_cast<int>(std::min<std::int64_t>(whole.requests / kSegmentRequests, kMostRequestSegments));
        count = std::clamp(whole.requests > 0 ? byRequests : bySeconds, 1, kMostSegments);
    }
    std::vector<LoadOptions> segments;
    for (int i = 0; i < count; ++i) {
        auto segment = whole;
        segment.requests = whole.requests * (i + 1) / count - whole.requests * i / count;
        segment.seconds = whole.seconds / count;
        segment.fewestRequests = whole.requests > 0 ? 0 : whole.concurrency;
        segment.seed = whole.seed + static_cast<std::uint64_t>(i);
        segment.intervals = std::max(1, whole.intervals / count);
        segments.push_back(segment);
    }
    return segments;
}

bool isSettled(const scheduling::SchedulerSnapshot& snapshot, int workers)
{
    return static_cast<int>(snapshot.workers.size()) == workers &&
        std::all_of(snapshot.workers.begin(), snapshot.workers.end(), [](const auto& worker) {
               return worker.state == scheduling::WorkerState::Idle && !worker.leaving;
           });
}

/// Why a pool will not settle; nothing while it may.
std::optional<Error> lastingFailure(const scheduling::SchedulerSnapshot& snapshot)
{
    for (const auto& worker : snapshot.workers) {
        if (worker.state == scheduling::WorkerState::Failed)
            return Error{ErrorCode::Resource,
                         fmt::format("A worker on {} does not start: {}", worker.traits.device, worker.lastError),
                         {}};
    }
    return {};
}

/// Turns of plain loops beside the turns of the workers.
class BareTurns {
public:
    BareTurns(const LoadedAvatar& avatar, const ConcurrencyPlan& plan, BenchReport& report, const std::stop_token& stop)
        : m_report(report)
        , m_stop(stop)
    {
        auto loops = BareLoops::create(avatar.avatar->package(), *avatar.avatar->frames(), avatar.load, plan);
        const auto best = loops ? (*loops)->findBestBatch(kTrySeconds, stop) : Result<int>(failure(loops));
        if (!best) {
            giveUp(best.error());
            return;
        }
        m_loops = std::move(*loops);
        m_report.bareBatch = *best;
    }

    void take(double seconds)
    {
        if (!m_loops || m_stop.stop_requested())
            return;
        const auto framesPerSecond = m_loops->run(m_report.bareBatch, seconds, m_stop);
        if (!framesPerSecond)
            return giveUp(framesPerSecond.error());
        m_frames += *framesPerSecond * seconds;
        m_seconds += seconds;
        m_report.bareFps = m_frames / m_seconds;
    }

private:
    void giveUp(const Error& error)
    {
        m_loops.reset();
        if (error.code != ErrorCode::Interrupted)
            m_report.bareNote = error.text();
    }

    BenchReport& m_report;
    const std::stop_token m_stop;
    std::unique_ptr<BareLoops> m_loops;
    double m_frames = 0, m_seconds = 0;
};

} // namespace

Result<LoadedAvatar> LoadedAvatar::open(session::FrameService& service, const std::filesystem::path& folder,
                                        const std::stop_token& stop)
{
    auto avatar = service.openAvatar(folder);
    if (!avatar)
        return failure(avatar);
    auto load = MouthLoad::create((*avatar)->frames(), stop);
    if (!load)
        return failure(load);
    if (auto ready = service.waitUntilReady(**avatar, stop); !ready)
        return failure(ready);
    return LoadedAvatar{std::move(*avatar), std::move(*load)};
}

JobMaker LoadedAvatar::jobs() const
{
    return [model = avatar->model(), load = load](std::int64_t request) { return load->job(model, request); };
}

Status applyAndSettle(session::FrameService& service, const ConcurrencyPlan& plan, const std::stop_token& stop)
{
    const auto present = service.plan();
    auto wanted = plan;
    wanted.shares = present.shares;
    if (wanted != present) {
        if (auto applied = service.apply(wanted, stop); !applied)
            return applied;
    }
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        const auto snapshot = service.pool().snapshot();
        if (isSettled(snapshot, plan.workerCount()))
            return {};
        if (const auto problem = lastingFailure(snapshot))
            return tl::unexpected<Error>(*problem);
        never.wait_for(lock, stop, kLookInterval, [&] { return stop.stop_requested(); });
    }
    return failure(ErrorCode::Interrupted, "Stopped while the workers were changed.");
}

int fullConcurrency(const ConcurrencyPlan& plan)
{
    return 2 * plan.workerCount() * plan.largestBatch();
}

std::optional<double> BenchReport::efficiency() const
{
    if (!bareFps || *bareFps <= 0)
        return {};
    return load.framesPerSecond() / *bareFps;
}

Result<BenchReport> bench(session::FrameService& service, const LoadedAvatar& avatar, const BenchOptions& options,
                          const TuningProgress& progress, const std::stop_token& stop)
{
    const auto plan = service.plan();
    if (auto settled = applyAndSettle(service, plan, stop); !settled)
        return failure(settled);
    std::vector<std::string> devices;
    for (const auto& device : plan.devices)
        devices.push_back(device.device);

    BenchReport report;
    std::optional<BareTurns> bare;
    if (options.measuresBare) {
        progress("the bare network", 0);
        bare.emplace(avatar, plan, report, stop);
    }
    const auto segments = segmentsOf(options.load);
    for (std::size_t i = 0; i < segments.size() && !stop.stop_requested(); ++i) {
        progress("measuring", static_cast<double>(i) / static_cast<double>(segments.size()));
        const double bareSeconds = std::max(kShortestBareSeconds, segments[i].seconds);
        const bool bareFirst = i % 2 == 1; // A B, B A, …: a drift of the machine hits both alike
        if (bare && bareFirst)
            bare->take(bareSeconds);
        ResourceWatch watch(service.pool(), devices);
        const auto load = offerLoad(service.pool(), segments[i], avatar.jobs(), stop);
        report.resources.merge(watch.finish(), static_cast<int>(i));
        report.load.merge(load);
        if (bare && !bareFirst)
            bare->take(segments[i].seconds > 0 ? bareSeconds : std::max(kShortestBareSeconds, load.seconds));
    }
    report.load.interrupted = stop.stop_requested();
    return report;
}

} // namespace lipsync::tuning

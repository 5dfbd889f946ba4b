// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "avatar/template_frames.h"
#include "inference/model.h"
#include "metrics/stage_metrics.h"
#include "metrics/stats_snapshot.h"
#include "metrics/trace_ring.h"
#include "scheduling/concurrency_plan.h"
#include "scheduling/worker_pool.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>

namespace lipsync::session {

class FrameService;

/// An avatar that workers can compute frames of. Immutable; the workers forget it with its last owner, which must not
/// outlive the service.
class OpenAvatar {
public:
    OpenAvatar(FrameService& service, std::shared_ptr<const avatar::AvatarPackage> package,
               std::shared_ptr<avatar::TemplateFrames> frames, scheduling::ModelId model);
    ~OpenAvatar();

    const avatar::AvatarPackage& package() const { return *m_package; }
    const std::shared_ptr<avatar::TemplateFrames>& frames() const { return m_frames; }
    scheduling::ModelId model() const { return m_model; }

private:
    FrameService& m_service;
    const std::shared_ptr<const avatar::AvatarPackage> m_package;
    const std::shared_ptr<avatar::TemplateFrames> m_frames;
    const scheduling::ModelId m_model;
};

struct FrameServiceOptions {
    ConcurrencyPlan plan;
    /// The `lipsync` program, for workers in processes of their own; empty: the one beside this program.
    std::filesystem::path workerProgram;
    scheduling::SchedulerOptions scheduling; ///< sizes, wait, balance and weights are the plan's
    /// Called when a worker starts, is lost, comes back or leaves, and when a plan has been applied; on a thread of
    /// the workers, which must not wait for it.
    std::function<void()> stateChanged;
};

/// The workers and what they compute frames of, shared by previews, exports and servers of one process. Any thread.
class FrameService {
public:
    /// Starts the workers of the plan; openAvatar() and waitUntilReady() tell whether they work.
    static Result<std::unique_ptr<FrameService>> create(const FrameServiceOptions& options);
    ~FrameService();

    /// Reads and checks an avatar on the calling thread; one that is open already is shared.
    Result<std::shared_ptr<OpenAvatar>> openAvatar(const std::filesystem::path& folder);
    /// Waits until a worker has the avatar's network, or says why none ever will.
    Status waitUntilReady(const OpenAvatar& avatar, const std::stop_token& stop);

    /// Changes workers, devices, batches and precision while jobs run, without losing one. Waits until the new workers
    /// work; the old ones stay when none of them does, and the error says why.
    Status apply(const ConcurrencyPlan& plan, const std::stop_token& stop);
    ConcurrencyPlan plan() const;
    /// The cost key of the workers on a device under the present plan; see WorkerPool::measuredCosts().
    std::string costKey(const std::string& device) const;

    scheduling::WorkerPool& pool() { return *m_pool; }
    metrics::StageMetrics& metrics() { return m_metrics; }
    metrics::TraceRing& traces() { return m_traces; }
    /// Tells metrics and traces that a frame reached its reader, and when it was pasted; once for each result that is
    /// Done. Those that are not are counted by the service itself.
    void recordDelivery(const scheduling::JobResult& result, TimePoint pasted);
    void recordRefusal();
    /// Names of devices as FrameTrace::device counts them.
    std::vector<std::string> deviceNames() const;

    /// Everything that can be shown about the workers and what they do. Cheap enough for four times a second.
    StatsSnapshot statistics();

private:
    friend class OpenAvatar;
    explicit FrameService(const FrameServiceOptions& options);
    std::vector<scheduling::WorkerSpec> workersOf(const ConcurrencyPlan& plan) const;
    scheduling::WorkerSpec workerOn(const std::string& device, const ConcurrencyPlan& plan) const;
    void observe(const scheduling::JobResult& result);
    metrics::FrameTrace traceOf(const scheduling::JobResult& result);
    std::uint32_t deviceNumber(scheduling::WorkerId worker);
    Status changeWorkers(const ConcurrencyPlan& present, const ConcurrencyPlan& plan, const std::stop_token& stop);
    void forget(scheduling::ModelId model);

    struct Parts; ///< what workers share, and what watches them
    const FrameServiceOptions m_options;
    const std::unique_ptr<Parts> m_parts;
    const SteadyClock m_clock;
    metrics::StageMetrics m_metrics;
    metrics::TraceRing m_traces;
    mutable std::mutex m_mutex; ///< of the next two
    ConcurrencyPlan m_plan;
    std::map<std::filesystem::path, std::weak_ptr<OpenAvatar>> m_avatars;
    std::mutex m_applying; ///< one change of the plan at a time; of the next one
    bool m_isMixed = false; ///< a change was stopped half-way: workers of two plans may be there
    std::unique_ptr<scheduling::WorkerPool> m_pool; ///< last: its threads use all of the above
};

} // namespace lipsync::session

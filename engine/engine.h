// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The façade: what programs and windows see of the engine. Values and handles only; no LibTorch, OpenCV, FFmpeg or Qt.

#include "base/error.h"
#include "facade/avatar_and_voice.h"
#include "facade/device_limits.h"
#include "facade/export_queue.h"
#include "facade/live_session.h"
#include "facade/log_record.h"
#include "facade/operations.h"
#include "facade/preview.h"
#include "facade/serving.h"
#include "facade/text_archive.h"
#include "facade/tuning_reports.h"
#include "metrics/frame_trace.h"
#include "metrics/stats_snapshot.h"
#include "scheduling/concurrency_plan.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lipsync {

/// What every program does first thing in main(), before its first thread: keeps large memory blocks in the process
/// (LibTorch is twice as fast with them) and leaves the cores to our own threads.
void prepareProcess();

/// The plan of a machine that nobody has tuned: a worker on every CUDA device, or one a core with one computing thread
/// where there is none; in this process, batches of up to four. `cores`: so many workers on the processor instead.
ConcurrencyPlan defaultPlan(int cores = 0);

/// The plan that `lipsync tune` found for an avatar on this machine; nothing when it was not tuned or cannot be read.
std::optional<ConcurrencyPlan> tunedPlan(const std::filesystem::path& avatar);

/// What an engine starts with.
struct EngineOptions {
    ConcurrencyPlan plan = defaultPlan();
    /// The `lipsync` program, for workers in processes of their own; empty: the one beside this program.
    std::filesystem::path workerProgram;
};

/// Ends its subscription when it is destroyed; afterwards nothing is called any more.
class Subscription {
public:
    virtual ~Subscription() = default;
};

/// The engine. Functions that open files on the calling thread say so; everything else works on the engine's threads.
/// Previews, exports and live sessions share its workers. Any thread may call anything.
class Engine {
public:
    virtual ~Engine() = default;

    /// Reads and checks an avatar on the calling thread.
    virtual Result<AvatarInfo> describeAvatar(const std::filesystem::path& folder) = 0;
    /// Reads a voice's facts on the calling thread.
    virtual Result<VoiceInfo> describeVoice(const std::filesystem::path& file) = 0;

    /// Says what a file or folder is, by its content, on the calling thread. Never fails: what is unknown is told so.
    virtual FileDescription describeFile(const std::filesystem::path& path) = 0;
    /// Reads all of an avatar on the calling thread: weights against their hashes, every template frame, every crop.
    virtual Status verifyAvatar(const std::filesystem::path& folder) = 0;
    /// Loudest sample of each of `buckets` equal stretches of a voice, 0 to 1; reads it on the calling thread.
    virtual Result<std::vector<float>> voicePeaks(const std::filesystem::path& file, int buckets) = 0;
    /// The upright frame of a video at a time, on the calling thread: to choose a face in it.
    virtual Result<std::shared_ptr<const Picture>> videoFrame(const std::filesystem::path& video, double seconds) = 0;

    /// Writes a ZIP archive of texts on the calling thread, whole or not at all; one that is there is replaced.
    virtual Status writeArchive(const std::filesystem::path& file, const std::vector<ArchivedText>& texts) = 0;

    /// Long work on files, each on a thread of its own. The handle is returned at once.
    virtual std::unique_ptr<Operation> startImport(const ImportRequest& request, OperationEvents events) = 0;
    virtual std::unique_ptr<Operation> startPreparation(const PrepareRequest& request, OperationEvents events) = 0;
    virtual std::unique_ptr<Operation> startTraining(const TrainRequest& request, OperationEvents events) = 0;

    /// Opens avatar and voice on a thread of its own and tells ready(). The handle is returned at once.
    virtual std::unique_ptr<Preview> openPreview(const std::filesystem::path& avatar,
                                                 const std::filesystem::path& voice, Preview::Events events) = 0;
    /// Opens an avatar for sound that arrives piece by piece. The handle is returned at once.
    virtual std::unique_ptr<LiveSession> openLive(const std::filesystem::path& avatar, LiveSession::Events events,
                                                  const LiveOptions& options = {}) = 0;

    /// Starts an export; failures come through finished().
    virtual std::unique_ptr<Export> startExport(const ExportRequest& request, Export::Events events) = 0;

    /// Opens the queue whose jobs are kept in `journal` (a file, made when it is not there), one queue at a time.
    /// Resource when it cannot be written or another process has it; a damaged journal is put aside and told in the
    /// log and in openingNote().
    virtual Result<std::unique_ptr<ExportQueue>> openExportQueue(const std::filesystem::path& journal,
                                                                 ExportQueue::Events events) = 0;

    /// Devices that a plan may name on this machine, the processor among them.
    virtual std::vector<DeviceStatus> devices() = 0;
    /// What a plan may ask of each of them; looks at the devices on the calling thread.
    virtual std::vector<DeviceLimits> deviceLimits() = 0;
    /// See lipsync::tunedPlan(); reads files on the calling thread.
    virtual std::optional<ConcurrencyPlan> tunedPlan(const std::filesystem::path& avatar) = 0;
    /// The plan in force; while a measurement tries others, the one that comes back afterwards.
    virtual ConcurrencyPlan plan() const = 0;
    /// Changes workers, devices, batches and precision while everything goes on; nothing is lost. `done` is called from
    /// an engine's thread: Ok, or why the plan cannot be applied; then the present one stays. While a measurement runs
    /// none is applied.
    virtual void applyPlan(const ConcurrencyPlan& plan, std::function<void(Status)> done) = 0;
    /// Starts a worker anew at once; its frames are computed by others.
    virtual void restartWorker(std::uint32_t worker) = 0;

    /// Measurements on the engine's own workers, which go on serving meanwhile and get their plan back afterwards,
    /// when they are cancelled too. One at a time: another one ends at once with Resource.
    virtual std::unique_ptr<Operation> startTuning(const TuningRequest& request, TuningEvents events) = 0;
    virtual std::unique_ptr<Operation> startComparison(const ComparisonRequest& request, ComparisonEvents events) = 0;
    virtual std::unique_ptr<Operation> startCapacity(const CapacityRequest& request, CapacityEvents events) = 0;

    /// Serves the workers and avatars to other programs, beside everything else; in the live class, so that previews
    /// keep their share. Usage, InvalidInput or Resource when it cannot listen, say with what it should not, or read
    /// its files. Avatars are loaded afterwards.
    virtual Result<std::unique_ptr<Server>> startServer(const ServerOptions& options, ServerEvents events = {}) = 0;

    /// How the workers do. Cheap enough for four times a second.
    virtual StatsSnapshot statistics() = 0;
    /// Calls `changed` from an engine's thread when a worker starts, is lost, comes back or leaves, and when a plan has
    /// been applied. It must be quick and must not call the engine.
    virtual std::unique_ptr<Subscription> subscribe(std::function<void()> changed) = 0;
    /// The last frames, the oldest first; names of devices as FrameTrace::device counts them; and why one was late.
    virtual std::vector<metrics::FrameTrace> frameTraces() = 0;
    virtual std::vector<std::string> deviceNames() = 0;
    virtual std::string explainFrame(const metrics::FrameTrace& frame) = 0;
    /// The last frames as a trace that Chrome and Perfetto open (JSON).
    virtual std::string traceJson() = 0;
    /// Why the last late frames were late, the newest first, a sentence or two each.
    virtual std::vector<std::string> explainLateFrames(std::size_t most) = 0;

    /// The last records of the log, the oldest first (some thousands are kept).
    virtual std::vector<LogRecord> log() = 0;
    /// Calls `written` from an engine's thread for every record from now on. It must be quick and must not call the
    /// engine.
    virtual std::unique_ptr<Subscription> subscribeLog(std::function<void(const LogRecord&)> written) = 0;
};

/// Makes an engine and starts its workers. Usage when the plan makes no sense. Handles must not outlive it.
Result<std::unique_ptr<Engine>> createEngine(const EngineOptions& options = {});

} // namespace lipsync

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lipsync::test {

/// What a fake preview was asked for and what a test makes it say. Lives as long as anyone looks at it.
struct FakePreviewRecord {
    std::filesystem::path avatar;
    std::filesystem::path voice;
    Preview::Events events;
    std::vector<std::string> calls; ///< e.g. "show 3"
    std::map<std::int64_t, std::shared_ptr<const Picture>> pictures;
    PreviewStatistics statistics;
    std::shared_future<void>
        mayDie; ///< when set, the handle's destructor waits for it, as one that joins a thread does
    std::atomic<bool> isAlive = true; ///< the handle may die on any thread

    /// Tells ready() with a voice of `seconds` at 25 frames a second, from a thread of its own as the engine does.
    void becomeReady(double seconds);
    void refuse(const std::string& message);
    /// Makes a picture whose bytes are all the frame's number, and tells picture().
    void make(std::int64_t frame);
};

struct FakeExportRecord {
    ExportRequest request;
    Export::Events events;
    bool isCancelled = false;

    void progress(std::int64_t done, std::int64_t frames);
    void finish();
    void fail(ErrorCode code, const std::string& message);
};

struct FakeLiveRecord {
    std::filesystem::path avatar;
    LiveOptions options;
    LiveSession::Events events; ///< call them from another thread: speak()
    std::vector<float> sound;
    int interruptions = 0;
    bool isFinished = false;
    LiveStatistics statistics;
    std::atomic<bool> isAlive = true;
};

/// A server that a test answers for. It is asked on a thread of the bridge.
struct FakeServerRecord {
    ServerOptions options;
    ServerEvents events; ///< call them from another thread
    std::string address, metricsAddress, webAddress;
    bool holdsCalls = false; ///< stop() is over only after finishStopping()
    std::atomic<bool> isStopping = false;
    std::atomic<bool> isAlive = true;

    ServerStatistics statistics()
    {
        std::lock_guard lock(m_mutex);
        return m_statistics;
    }
    /// What statistics() answers from now on.
    void setStatistics(const ServerStatistics& statistics)
    {
        std::lock_guard lock(m_mutex);
        m_statistics = statistics;
    }
    void call(const ServedCall& call);
    void finishStopping();

private:
    std::mutex m_mutex;
    ServerStatistics m_statistics;
};

struct FakeQueueRecord {
    std::filesystem::path journal;
    ExportQueue::Events events;
    std::vector<ExportJob> jobs;
    std::vector<std::string> calls;
    std::string refusal; ///< what add() answers when not empty
    std::string openingNote; ///< see ExportQueue
    std::uint64_t lastId = 0;
    bool isRunning = false;

    std::vector<ExportJob>::iterator find(std::uint64_t job)
    {
        return std::find_if(jobs.begin(), jobs.end(), [job](const ExportJob& one) { return one.id == job; });
    }
};

/// What an operation was asked for; a test calls its events, from another thread.
template <typename Request, typename Events> struct FakeOperationRecord {
    Request request;
    Events events;
    std::shared_ptr<std::atomic<bool>> isCancelled = std::make_shared<std::atomic<bool>>(false);
};
template <typename Request, typename Events>
using FakeOperations = std::vector<std::shared_ptr<FakeOperationRecord<Request, Events>>>;

/// Events come from other threads than the window's: runs `speak` on one and waits for it.
void fromAnotherThread(const std::function<void()>& speak);

/// Stands at the façade's boundary where a test wants to decide what the engine says and when.
class FakeEngine final : public Engine {
public:
    Result<AvatarInfo> describeAvatar(const std::filesystem::path& folder) override;
    Result<VoiceInfo> describeVoice(const std::filesystem::path& file) override;
    std::unique_ptr<Preview> openPreview(const std::filesystem::path& avatar, const std::filesystem::path& voice,
                                         Preview::Events events) override;
    std::unique_ptr<LiveSession> openLive(const std::filesystem::path& avatar, LiveSession::Events events,
                                          const LiveOptions& options) override;
    Result<std::unique_ptr<ExportQueue>> openExportQueue(const std::filesystem::path& journal,
                                                         ExportQueue::Events events) override;
    Result<std::unique_ptr<Server>> startServer(const ServerOptions& options, ServerEvents events) override;
    FileDescription describeFile(const std::filesystem::path& path) override;
    Status verifyAvatar(const std::filesystem::path& folder) override
    {
        if (folder.string().find("damaged") != std::string::npos)
            return failure(ErrorCode::InvalidInput, "generator.safetensors is not what avatar.json says");
        return {};
    }
    Result<std::vector<float>> voicePeaks(const std::filesystem::path&, int buckets) override
    {
        return std::vector<float>(static_cast<std::size_t>(buckets), 0.5F);
    }
    Result<std::shared_ptr<const Picture>> videoFrame(const std::filesystem::path& video, double) override
    {
        if (const auto found = videoFrames.find(video); found != videoFrames.end())
            return found->second;
        return failure(ErrorCode::InvalidInput, video.string() + " is no video");
    }
    /// Keeps the texts instead of writing them.
    Status writeArchive(const std::filesystem::path& file, const std::vector<ArchivedText>& texts) override
    {
        if (!archiveRefusal.empty())
            return failure(ErrorCode::Resource, archiveRefusal);
        archives[file] = texts;
        return {};
    }
    std::unique_ptr<Operation> startImport(const ImportRequest& request, OperationEvents events) override;
    std::unique_ptr<Operation> startPreparation(const PrepareRequest& request, OperationEvents events) override;
    std::unique_ptr<Operation> startTraining(const TrainRequest& request, OperationEvents events) override;
    std::unique_ptr<Operation> startTuning(const TuningRequest& request, TuningEvents events) override;
    std::unique_ptr<Operation> startComparison(const ComparisonRequest& request, ComparisonEvents events) override;
    std::unique_ptr<Operation> startCapacity(const CapacityRequest& request, CapacityEvents events) override;
    std::vector<DeviceStatus> devices() override { return presentDevices; }
    std::vector<DeviceLimits> deviceLimits() override { return presentLimits; }
    std::optional<ConcurrencyPlan> tunedPlan(const std::filesystem::path& avatar) override
    {
        const auto found = tunedPlans.find(avatar);
        return found == tunedPlans.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<metrics::FrameTrace> frameTraces() override { return presentTraces; }
    std::vector<std::string> deviceNames() override { return {"cpu"}; }
    std::string explainFrame(const metrics::FrameTrace&) override { return "It waited."; }
    std::vector<LogRecord> log() override { return presentLog; }
    std::unique_ptr<Subscription> subscribeLog(std::function<void(const LogRecord&)> written) override
    {
        writeLog = std::move(written);
        return std::make_unique<Subscription>();
    }
    std::unique_ptr<Export> startExport(const ExportRequest& request, Export::Events events) override;
    ConcurrencyPlan plan() const override { return presentPlan; }
    void applyPlan(const ConcurrencyPlan& plan, std::function<void(Status)> done) override;
    void restartWorker(std::uint32_t worker) override { restartedWorkers.push_back(worker); }
    StatsSnapshot statistics() override
    {
        std::lock_guard lock(m_statisticsMutex);
        return m_statistics;
    }
    /// What statistics() answers from now on; it is asked from a thread of the bridge.
    void setStatistics(const StatsSnapshot& snapshot)
    {
        std::lock_guard lock(m_statisticsMutex);
        m_statistics = snapshot;
    }
    std::unique_ptr<Subscription> subscribe(std::function<void()> changed) override;
    std::string traceJson() override { return "{}"; }
    std::vector<std::string> explainLateFrames(std::size_t) override { return {}; }

    FakePreviewRecord& preview() { return *previews.back(); }
    FakeExportRecord& lastExport() { return *exports.back(); }

    std::vector<std::shared_ptr<FakePreviewRecord>> previews;
    std::vector<std::shared_ptr<FakeExportRecord>> exports;
    ConcurrencyPlan presentPlan;
    Status planAnswer; ///< what applyPlan() says next
    bool holdsPlans = false; ///< applyPlan() answers by answerPlan() only
    std::function<void(Status)> answerPlan; ///< of the last plan, while they are held
    std::function<void()> tellChanged; ///< the listener of subscribe(), once there is one
    std::vector<DeviceLimits> presentLimits;
    std::map<std::filesystem::path, ConcurrencyPlan> tunedPlans; ///< by avatar
    std::vector<std::uint32_t> restartedWorkers;
    std::vector<DeviceStatus> presentDevices;
    std::vector<metrics::FrameTrace> presentTraces;
    std::vector<LogRecord> presentLog;
    std::function<void(const LogRecord&)> writeLog; ///< the listener to the log, once there is one
    std::map<std::filesystem::path, FileDescription> files; ///< what describeFile() knows
    std::map<std::filesystem::path, std::vector<ArchivedText>> archives; ///< written by writeArchive()
    std::string archiveRefusal; ///< what writeArchive() answers when not empty
    std::map<std::filesystem::path, std::shared_ptr<const Picture>> videoFrames; ///< what videoFrame() shows
    std::vector<std::shared_ptr<FakeLiveRecord>> lives;
    std::vector<std::shared_ptr<FakeServerRecord>> servers;
    std::string serverRefusal; ///< what startServer() answers when not empty
    bool serversHoldCalls = false; ///< see FakeServerRecord::holdsCalls
    std::shared_ptr<FakeQueueRecord> queue; ///< of the last queue that was opened
    std::string queueRefusal; ///< what opening a queue answers when not empty
    std::string openingNote; ///< of the queues that are opened
    FakeOperations<ImportRequest, OperationEvents> imports;
    FakeOperations<PrepareRequest, OperationEvents> preparations;
    FakeOperations<TrainRequest, OperationEvents> trainings;
    FakeOperations<TuningRequest, TuningEvents> tunings;
    FakeOperations<ComparisonRequest, ComparisonEvents> comparisons;
    FakeOperations<CapacityRequest, CapacityEvents> capacities;

private:
    std::mutex m_statisticsMutex;
    StatsSnapshot m_statistics;
};

} // namespace lipsync::test

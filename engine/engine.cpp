// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine.h"

#include "base/bounded_queue.h"
#include "base/thread_name.h"
#include "descriptions.h"
#include "device_list.h"
#include "event_log.h"
#include "file_operations.h"
#include "file_reading.h"
#include "grpc_server.h"
#include "importing/archive_writing.h"
#include "listeners.h"
#include "live_speech.h"
#include "logged_events.h"
#include "measurements.h"
#include "media_log.h"
#include "metrics/chrome_trace.h"
#include "metrics/lateness.h"
#include "nn/torch_runtime.h"
#include "plan_gate.h"
#include "preview_player.h"
#include "render_export.h"
#include "tuning/saved_tuning.h"
#include "worker_log.h"

#include <thread>

#include <opencv2/core/utility.hpp>

namespace lipsync {

namespace {

constexpr const char* kPlanSource = "plan";

class LocalEngine : public Engine {
public:
    LocalEngine(std::unique_ptr<session::FrameService> service, std::shared_ptr<Listeners<>> listeners,
                std::shared_ptr<EventLog> log, std::shared_ptr<WorkerLog> workerLog)
        : m_listeners(std::move(listeners))
        , m_log(std::move(log))
        , m_workerLog(std::move(workerLog))
        , m_mediaLog(m_log)
        , m_service(std::move(service))
        , m_gate(*m_service)
        , m_plans(kMostPlans)
        , m_planThread([this](std::stop_token stop) { applyPlans(stop); })
    {
        m_workerLog->start(m_service->pool());
    }
    ~LocalEngine() override
    {
        m_planThread.request_stop();
        m_plans.cancel();
        m_workerLog->stop();
    }

    Result<AvatarInfo> describeAvatar(const std::filesystem::path& folder) override
    {
        const auto package = avatar::AvatarPackage::open(folder);
        if (!package)
            return failure(package);
        return describe(**package);
    }

    Result<VoiceInfo> describeVoice(const std::filesystem::path& file) override { return lipsync::describeVoice(file); }

    std::unique_ptr<Preview> openPreview(const std::filesystem::path& avatar, const std::filesystem::path& voice,
                                         Preview::Events events) override
    {
        return std::make_unique<PreviewPlayer>(*m_service, avatar, voice,
                                               logged(m_log, avatar, voice, std::move(events)));
    }

    std::unique_ptr<LiveSession> openLive(const std::filesystem::path& avatar, LiveSession::Events events,
                                          const LiveOptions& options) override
    {
        return std::make_unique<LiveSpeech>(*m_service, avatar, logged(m_log, avatar, std::move(events)), options);
    }

    std::unique_ptr<Export> startExport(const ExportRequest& request, Export::Events events) override
    {
        return std::make_unique<RenderExport>(*m_service, renderRequest(request), std::move(events), m_log);
    }

    FileDescription describeFile(const std::filesystem::path& path) override { return lipsync::describeFile(path); }
    Status verifyAvatar(const std::filesystem::path& folder) override { return lipsync::verifyAvatar(folder); }
    Result<std::vector<float>> voicePeaks(const std::filesystem::path& file, int buckets) override
    {
        return lipsync::voicePeaks(file, buckets);
    }
    Result<std::shared_ptr<const Picture>> videoFrame(const std::filesystem::path& video, double seconds) override
    {
        return lipsync::videoFrame(video, seconds);
    }

    Status writeArchive(const std::filesystem::path& file, const std::vector<ArchivedText>& texts) override
    {
        std::vector<importing::ZipText> files;
        for (const auto& [name, text] : texts)
            files.push_back({name, text});
        return importing::writeZip(file, files);
    }

    std::unique_ptr<Operation> startImport(const ImportRequest& request, OperationEvents events) override
    {
        const auto what = "The import of " + request.source.string();
        return lipsync::startImport(request, logged(m_log, "import", what, std::move(events)));
    }
    std::unique_ptr<Operation> startPreparation(const PrepareRequest& request, OperationEvents events) override
    {
        const auto what = "The preparation of " + request.video.string();
        return lipsync::startPreparation(request, logged(m_log, "preparation", what, std::move(events)));
    }
    std::unique_ptr<Operation> startTraining(const TrainRequest& request, OperationEvents events) override
    {
        const auto what = "The training of " + request.avatar.string();
        return lipsync::startTraining(request, logged(m_log, "training", what, std::move(events)));
    }

    Result<std::unique_ptr<ExportQueue>> openExportQueue(const std::filesystem::path& journal,
                                                         ExportQueue::Events events) override
    {
        return JournaledQueue::open(journal, std::move(events), m_log, renderRunner(*m_service));
    }
    std::vector<DeviceStatus> devices() override { return usableDevices(); }
    std::vector<DeviceLimits> deviceLimits() override { return limitsOf(usableDevices()); }
    std::optional<ConcurrencyPlan> tunedPlan(const std::filesystem::path& avatar) override
    {
        return lipsync::tunedPlan(avatar);
    }
    std::unique_ptr<Operation> startTuning(const TuningRequest& request, TuningEvents events) override
    {
        return lipsync::startTuning(measuringDesk(), request, std::move(events));
    }
    std::unique_ptr<Operation> startComparison(const ComparisonRequest& request, ComparisonEvents events) override
    {
        return lipsync::startComparison(measuringDesk(), request, std::move(events));
    }
    std::unique_ptr<Operation> startCapacity(const CapacityRequest& request, CapacityEvents events) override
    {
        return lipsync::startCapacity(measuringDesk(), request, std::move(events));
    }

    Result<std::unique_ptr<Server>> startServer(const ServerOptions& options, ServerEvents events) override
    {
        return lipsync::startServer(*m_service, m_log, options, std::move(events));
    }

    std::vector<LogRecord> log() override { return m_log->records(); }
    std::unique_ptr<Subscription> subscribeLog(std::function<void(const LogRecord&)> written) override
    {
        return m_log->subscribe(std::move(written));
    }

    ConcurrencyPlan plan() const override { return m_gate.plan(); }

    void applyPlan(const ConcurrencyPlan& plan, std::function<void(Status)> done) override
    {
        m_plans.push({plan, std::move(done)});
    }

    void restartWorker(std::uint32_t worker) override { m_service->pool().restartWorker(worker); }

    StatsSnapshot statistics() override { return m_service->statistics(); }

    std::unique_ptr<Subscription> subscribe(std::function<void()> changed) override
    {
        return std::make_unique<ListenerSubscription<>>(m_listeners, std::move(changed));
    }

    std::vector<metrics::FrameTrace> frameTraces() override { return m_service->traces().snapshot(); }
    std::vector<std::string> deviceNames() override { return m_service->deviceNames(); }
    std::string explainFrame(const metrics::FrameTrace& frame) override
    {
        return metrics::explainLateness(frame, m_service->traces().snapshot());
    }

    std::string traceJson() override
    {
        metrics::TraceNames names;
        names.devices = m_service->deviceNames();
        return metrics::chromeTrace(m_service->traces().snapshot(), names);
    }

    std::vector<std::string> explainLateFrames(std::size_t most) override
    {
        const auto traces = m_service->traces().snapshot();
        std::vector<std::string> sentences;
        for (auto trace = traces.rbegin(); trace != traces.rend() && sentences.size() < most; ++trace) {
            if (trace->isLate())
                sentences.push_back(metrics::explainLateness(*trace, traces));
        }
        return sentences;
    }

private:
    struct PlanWish {
        ConcurrencyPlan plan;
        std::function<void(Status)> done;
    };
    static constexpr std::size_t kMostPlans = 1024; ///< that wait to be applied

    void applyPlans(const std::stop_token& stop)
    {
        setThreadName("plan");
        while (const auto wish = m_plans.pop())
            wish->done(apply(wish->plan, stop));
    }

    Status apply(const ConcurrencyPlan& plan, const std::stop_token& stop)
    {
        auto applied = m_gate.apply(plan, stop);
        if (applied)
            m_log->info(kPlanSource, "The workers are now " + lipsync::describe(plan) + ".");
        else
            m_log->warning(kPlanSource, "The plan was not applied: " + applied.error().text());
        return applied;
    }

    MeasuringDesk measuringDesk() { return {*m_service, m_gate, m_log}; }

    const std::shared_ptr<Listeners<>> m_listeners;
    const std::shared_ptr<EventLog> m_log;
    const std::shared_ptr<WorkerLog> m_workerLog;
    const MediaLog m_mediaLog;
    const std::unique_ptr<session::FrameService> m_service;
    PlanGate m_gate;
    BoundedQueue<PlanWish> m_plans;
    std::jthread m_planThread; ///< last: it uses all of the above
};

} // namespace

void prepareProcess()
{
    nn::keepMemoryBlocks();
    cv::setNumThreads(1);
}

ConcurrencyPlan defaultPlan(int cores)
{
    auto plan = tuning::standardPlan();
    if (cores > 0)
        plan.devices = {{"cpu", cores}};
    return plan;
}

std::optional<ConcurrencyPlan> tunedPlan(const std::filesystem::path& avatar)
{
    const auto package = avatar::AvatarPackage::open(avatar);
    if (!package)
        return {};
    return tuning::savedPlan((*package)->manifest().generatorHash());
}

Result<std::unique_ptr<Engine>> createEngine(const EngineOptions& options)
{
    auto listeners = std::make_shared<Listeners<>>();
    auto log = std::make_shared<EventLog>();
    auto workerLog = std::make_shared<WorkerLog>(log);
    session::FrameServiceOptions service;
    service.plan = options.plan;
    service.workerProgram = options.workerProgram;
    service.stateChanged = [listeners, workerLog] {
        workerLog->changed();
        listeners->tell();
    };
    auto created = session::FrameService::create(service);
    if (!created)
        return failure(created);
    log->info("engine", "Started with " + describe(options.plan) + ".");
    return std::make_unique<LocalEngine>(std::move(*created), std::move(listeners), std::move(log),
                                         std::move(workerLog));
}

} // namespace lipsync

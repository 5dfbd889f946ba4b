// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine.h"

#include "base/bounded_queue.h"
#include "base/thread_name.h"
#include "descriptions.h"
#include "live_speech.h"
#include "media/audio_decoder.h"
#include "metrics/chrome_trace.h"
#include "metrics/lateness.h"
#include "nn/torch_runtime.h"
#include "preview_player.h"
#include "render/render_job.h"
#include "tuning/saved_tuning.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include <opencv2/core/utility.hpp>

namespace lipsync {

namespace {

/// The engine's Export: a thread "export" that renders.
class RenderExport : public Export {
public:
    RenderExport(session::FrameService& service, render::RenderRequest request, Events events)
        : m_thread([&service, request = std::move(request), events = std::move(events)](std::stop_token stop) {
            setThreadName("export");
            run(service, request, events, stop);
        })
    {
    }

    void cancel() override { m_thread.request_stop(); }

private:
    static void run(session::FrameService& service, const render::RenderRequest& request, const Events& events,
                    std::stop_token stop)
    {
        using Clock = std::chrono::steady_clock;
        constexpr auto kProgressInterval = std::chrono::milliseconds(100);
        Clock::time_point lastTold{};
        const auto progress = [&](const render::RenderProgress& state) {
            const auto now = Clock::now();
            if (state.framesDone < state.frames && now - lastTold < kProgressInterval)
                return;
            lastTold = now;
            const auto left = static_cast<double>(state.frames - state.framesDone);
            events.progress({state.framesDone, state.frames, state.framesPerSecond,
                             state.framesPerSecond > 0 ? left / state.framesPerSecond : 0});
        };
        const auto report = render::render(service, request, progress, stop);
        if (!report)
            return events.finished(failure(report));
        events.finished(ExportReport{report->frames, report->seconds, report->openSeconds, report->framesPerSecond,
                                     report->networkFramesPerSecond, report->realtimeFactor, report->peakMemoryMb});
    }

    std::jthread m_thread;
};

/// Whom to tell when something about the workers changes. Any thread.
class Listeners {
public:
    std::uint64_t add(std::function<void()> listener)
    {
        std::lock_guard lock(m_mutex);
        m_listeners[++m_last] = std::move(listener);
        return m_last;
    }
    /// Afterwards the listener is not called any more.
    void remove(std::uint64_t number)
    {
        std::lock_guard lock(m_mutex);
        m_listeners.erase(number);
    }
    void tell()
    {
        std::lock_guard lock(m_mutex);
        for (const auto& [number, listener] : m_listeners)
            listener();
    }

private:
    std::mutex m_mutex; ///< held while telling, so that remove() waits
    std::map<std::uint64_t, std::function<void()>> m_listeners;
    std::uint64_t m_last = 0;
};

class ListenerSubscription : public Subscription {
public:
    ListenerSubscription(std::shared_ptr<Listeners> listeners, std::function<void()> listener)
        : m_listeners(std::move(listeners))
        , m_number(m_listeners->add(std::move(listener)))
    {
    }
    ~ListenerSubscription() override { m_listeners->remove(m_number); }

private:
    const std::shared_ptr<Listeners> m_listeners;
    const std::uint64_t m_number;
};

class LocalEngine : public Engine {
public:
    LocalEngine(std::unique_ptr<session::FrameService> service, std::shared_ptr<Listeners> listeners)
        : m_listeners(std::move(listeners))
        , m_service(std::move(service))
        , m_plans(kMostPlans)
        , m_planThread([this](std::stop_token stop) { applyPlans(stop); })
    {
    }
    ~LocalEngine() override
    {
        m_planThread.request_stop();
        m_plans.cancel();
    }

    Result<AvatarInfo> describeAvatar(const std::filesystem::path& folder) override
    {
        const auto package = avatar::AvatarPackage::open(folder);
        if (!package)
            return failure(package);
        return describe(**package);
    }

    Result<VoiceInfo> describeVoice(const std::filesystem::path& file) override
    {
        const auto sound = media::decodeAudio(file);
        if (!sound)
            return failure(sound);
        return VoiceInfo{file, sound->seconds(), sound->sampleRate, sound->channels};
    }

    std::unique_ptr<Preview> openPreview(const std::filesystem::path& avatar, const std::filesystem::path& voice,
                                         Preview::Events events) override
    {
        return std::make_unique<PreviewPlayer>(*m_service, avatar, voice, std::move(events));
    }

    std::unique_ptr<LiveSession> openLive(const std::filesystem::path& avatar, LiveSession::Events events) override
    {
        return std::make_unique<LiveSpeech>(*m_service, avatar, std::move(events));
    }

    std::unique_ptr<Export> startExport(const ExportRequest& request, Export::Events events) override
    {
        render::RenderRequest job;
        job.avatar = request.avatar;
        job.voice = request.voice;
        job.features = request.features;
        job.output = request.output;
        job.pictureSequence = request.pictureSequence;
        job.overwrite = request.overwrite;
        job.markSynthetic = request.markSynthetic;
        job.paste = request.paste == PasteStyle::Exact ? avatar::PasteMode::Exact : avatar::PasteMode::Feathered;
        job.quality = request.quality;
        job.measureNetwork = request.measureNetwork;
        return std::make_unique<RenderExport>(*m_service, std::move(job), std::move(events));
    }

    ConcurrencyPlan plan() const override { return m_service->plan(); }

    void applyPlan(const ConcurrencyPlan& plan, std::function<void(Status)> done) override
    {
        m_plans.push({plan, std::move(done)});
    }

    void restartWorker(std::uint32_t worker) override { m_service->pool().restartWorker(worker); }

    StatsSnapshot statistics() override { return m_service->statistics(); }

    std::unique_ptr<Subscription> subscribe(std::function<void()> changed) override
    {
        return std::make_unique<ListenerSubscription>(m_listeners, std::move(changed));
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
            wish->done(m_service->apply(wish->plan, stop));
    }

    const std::shared_ptr<Listeners> m_listeners;
    const std::unique_ptr<session::FrameService> m_service;
    BoundedQueue<PlanWish> m_plans;
    std::jthread m_planThread; ///< last: it uses all of the above
};

} // namespace

AvatarInfo describe(const avatar::AvatarPackage& package)
{
    const auto& manifest = package.manifest();
    AvatarInfo info;
    info.folder = package.folder();
    info.name = manifest.name;
    info.title = manifest.title;
    info.attribution = manifest.attribution;
    info.licence = manifest.licence;
    info.network = package.isTrained() ? manifest.network.name() : "not trained yet";
    info.width = manifest.frameWidth;
    info.height = manifest.frameHeight;
    info.templateFrames = manifest.frameCount;
    info.frameRate = manifest.frameRate();
    info.thumbnail = package.thumbnailFile();
    return info;
}

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
    auto listeners = std::make_shared<Listeners>();
    session::FrameServiceOptions service;
    service.plan = options.plan;
    service.workerProgram = options.workerProgram;
    service.stateChanged = [listeners] { listeners->tell(); };
    auto created = session::FrameService::create(service);
    if (!created)
        return failure(created);
    return std::make_unique<LocalEngine>(std::move(*created), std::move(listeners));
}

} // namespace lipsync

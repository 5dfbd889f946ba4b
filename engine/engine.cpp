// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine.h"

#include "base/thread_name.h"
#include "descriptions.h"
#include "media/audio_decoder.h"
#include "nn/torch_runtime.h"
#include "preview_player.h"
#include "render/render_job.h"

#include <chrono>
#include <thread>

#include <opencv2/core/utility.hpp>

namespace lipsync {

namespace {

/// The engine's Export: a thread "export" that renders.
class RenderExport : public Export {
public:
    RenderExport(render::RenderRequest request, Events events)
        : m_thread([request = std::move(request), events = std::move(events)](std::stop_token stop) {
            setThreadName("export");
            run(request, events, stop);
        })
    {
    }

    void cancel() override { m_thread.request_stop(); }

private:
    static void run(const render::RenderRequest& request, const Events& events, std::stop_token stop)
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
        const auto report = render::render(request, progress, stop);
        if (!report)
            return events.finished(failure(report));
        events.finished(ExportReport{report->frames, report->seconds, report->framesPerSecond,
                                     report->networkFramesPerSecond, report->realtimeFactor, report->peakMemoryMb});
    }

    std::jthread m_thread;
};

class LocalEngine : public Engine {
public:
    explicit LocalEngine(const EngineOptions& options)
        : m_options(options)
    {
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
        return std::make_unique<PreviewPlayer>(avatar, voice, m_options, std::move(events));
    }

    std::unique_ptr<Export> startExport(const ExportRequest& request, Export::Events events) override
    {
        render::RenderRequest job;
        job.avatar = request.avatar;
        job.voice = request.voice;
        job.output = request.output;
        job.pictureSequence = request.pictureSequence;
        job.overwrite = request.overwrite;
        job.markSynthetic = request.markSynthetic;
        job.paste = request.paste == PasteStyle::Exact ? avatar::PasteMode::Exact : avatar::PasteMode::Feathered;
        job.batch = m_options.batch;
        job.network = {m_options.bf16 ? nn::Precision::Bf16 : nn::Precision::Fp32, m_options.threads};
        job.quality = request.quality;
        return std::make_unique<RenderExport>(std::move(job), std::move(events));
    }

private:
    const EngineOptions m_options;
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
    info.network = manifest.network.name();
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

std::unique_ptr<Engine> createEngine(const EngineOptions& options)
{
    return std::make_unique<LocalEngine>(options);
}

} // namespace lipsync

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/fake_engine.h"

#include <functional>

namespace lipsync::test {
namespace {

constexpr int kSide = 8;
constexpr int kSampleRate = 16000;
constexpr double kFrameRate = 25;

AvatarInfo avatarAt(const std::filesystem::path& folder)
{
    AvatarInfo info;
    info.folder = folder;
    info.name = folder.stem().string();
    info.title = "Fake " + info.name;
    info.network = "none";
    info.width = info.height = kSide;
    info.templateFrames = 2;
    info.frameRate = kFrameRate;
    return info;
}

VoiceInfo voiceAt(const std::filesystem::path& file, double seconds)
{
    VoiceInfo info;
    info.file = file;
    info.seconds = seconds;
    info.sampleRate = kSampleRate;
    info.channels = 1;
    return info;
}

// Events come from other threads than the window's.
void fromAnotherThread(const std::function<void()>& speak)
{
    std::thread(speak).join();
}

class FakePreview final : public Preview {
public:
    explicit FakePreview(std::shared_ptr<FakePreviewRecord> record)
        : m_record(std::move(record))
    {
    }
    ~FakePreview() override
    {
        if (m_record->mayDie.valid())
            m_record->mayDie.wait();
        m_record->isAlive = false;
    }

    void show(std::int64_t frame) override { record("show", frame); }
    void play(std::int64_t frame) override { record("play", frame); }
    void setPlayhead(std::int64_t frame) override { record("playhead", frame); }
    void pause() override { m_record->calls.emplace_back("pause"); }

    std::shared_ptr<const Picture> pictureAt(std::int64_t frame) override
    {
        const auto after = m_record->pictures.upper_bound(frame);
        return after == m_record->pictures.begin() ? nullptr : std::prev(after)->second;
    }

    PreviewStatistics statistics() const override { return m_record->statistics; }

private:
    void record(const std::string& call, std::int64_t frame)
    {
        m_record->calls.push_back(call + " " + std::to_string(frame));
        if (call != "playhead")
            m_record->pictures.clear();
    }

    std::shared_ptr<FakePreviewRecord> m_record;
};

class FakeExport final : public Export {
public:
    explicit FakeExport(std::shared_ptr<FakeExportRecord> record)
        : m_record(std::move(record))
    {
    }
    void cancel() override { m_record->isCancelled = true; }

private:
    std::shared_ptr<FakeExportRecord> m_record;
};

} // namespace

void FakePreviewRecord::becomeReady(double seconds)
{
    PreviewInfo info;
    info.avatar = avatarAt(avatar);
    info.voice = voiceAt(voice, seconds);
    info.frames = static_cast<std::int64_t>(seconds * kFrameRate);
    info.frameRate = kFrameRate;
    const std::size_t samples = static_cast<std::size_t>(seconds * kSampleRate);
    info.sound = std::make_shared<VoiceSound>(VoiceSound{kSampleRate, 1, std::vector<float>(samples, 0.25F)});
    fromAnotherThread([&] { events.ready(info); });
}

void FakePreviewRecord::refuse(const std::string& message)
{
    fromAnotherThread([&] { events.ready(failure(ErrorCode::InvalidInput, message)); });
}

void FakePreviewRecord::make(std::int64_t frame)
{
    auto picture = std::make_shared<Picture>();
    picture->frame = frame;
    picture->width = picture->height = kSide;
    picture->bgr.assign(3 * kSide * kSide, static_cast<std::uint8_t>(frame));
    pictures[frame] = std::move(picture);
    fromAnotherThread([&] { events.picture(frame); });
}

void FakeExportRecord::progress(std::int64_t done, std::int64_t frames)
{
    fromAnotherThread([&] { events.progress({done, frames, 50, static_cast<double>(frames - done) / 50}); });
}

void FakeExportRecord::finish()
{
    ExportReport report;
    report.frames = 100;
    report.seconds = 2;
    report.framesPerSecond = 50;
    fromAnotherThread([&] { events.finished(report); });
}

void FakeExportRecord::fail(ErrorCode code, const std::string& message)
{
    fromAnotherThread([&] { events.finished(failure(code, message)); });
}

Result<AvatarInfo> FakeEngine::describeAvatar(const std::filesystem::path& folder)
{
    if (folder.string().find("broken") != std::string::npos)
        return failure(ErrorCode::InvalidInput, folder.string() + " has no generator.safetensors");
    return avatarAt(folder);
}

Result<VoiceInfo> FakeEngine::describeVoice(const std::filesystem::path& file)
{
    if (file.string().find("broken") != std::string::npos)
        return failure(ErrorCode::InvalidInput, file.string() + " holds no sound");
    return voiceAt(file, 4);
}

std::unique_ptr<Preview> FakeEngine::openPreview(const std::filesystem::path& avatar,
                                                 const std::filesystem::path& voice, Preview::Events events)
{
    previews.push_back(std::make_shared<FakePreviewRecord>());
    preview().avatar = avatar;
    preview().voice = voice;
    preview().events = std::move(events);
    return std::make_unique<FakePreview>(previews.back());
}

std::unique_ptr<LiveSession> FakeEngine::openLive(const std::filesystem::path&, LiveSession::Events)
{
    return nullptr; // no window has a live session yet
}

void FakeEngine::applyPlan(const ConcurrencyPlan& plan, std::function<void(Status)> done)
{
    presentPlan = plan;
    fromAnotherThread([&] { done({}); });
}

std::unique_ptr<Subscription> FakeEngine::subscribe(std::function<void()>)
{
    return std::make_unique<Subscription>();
}

std::unique_ptr<Export> FakeEngine::startExport(const ExportRequest& request, Export::Events events)
{
    exports.push_back(std::make_shared<FakeExportRecord>());
    lastExport().request = request;
    lastExport().events = std::move(events);
    return std::make_unique<FakeExport>(exports.back());
}

} // namespace lipsync::test

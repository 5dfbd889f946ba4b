// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/speech_session.h"

#include "audio/feature_table.h"
#include "audio/feature_track.h"
#include "audio/mel_track.h"
#include "nn/audio_encoder.h"

#include <algorithm>

namespace lipsync::session {

namespace {

/// Tracks of the avatar's own encoder keep it alive.
class EncodedTrack final : public audio::WindowTrack {
public:
    EncodedTrack(std::unique_ptr<nn::AudioEncoder> encoder, const audio::FeatureTrackOptions& options)
        : m_encoder(std::move(encoder))
        , m_features(audio::featureEncoder(*m_encoder), options)
    {
    }

    Status push(std::span<const float> samples) override { return m_features.push(samples); }
    Status finish() override { return m_features.finish(); }
    bool finished() const override { return m_features.finished(); }
    std::size_t readyFrames() const override { return m_features.readyFrames(); }
    std::optional<std::size_t> frameCount() const override { return m_features.frameCount(); }
    Status window(std::size_t frame, std::span<float> out) const override { return m_features.window(frame, out); }
    Result<std::size_t> framesOf(std::size_t samples) const override { return m_features.framesOf(samples); }

private:
    const std::unique_ptr<nn::AudioEncoder> m_encoder;
    audio::FeatureTrack m_features;
};

using Track = std::unique_ptr<audio::WindowTrack>;

Result<Track> encodedTrack(const avatar::AvatarPackage& package, int threads, int encodeBatch)
{
    const auto& manifest = package.manifest();
    auto encoder = package.audioEncoder(threads);
    if (!encoder)
        return failure(encoder);
    const auto profile = manifest.network.profile();
    return std::make_unique<EncodedTrack>(
        std::move(*encoder),
        audio::FeatureTrackOptions{.framesPerSecond = manifest.frameRate(),
                                   .encodeBatch = encodeBatch,
                                   .padding = profile.melPadding,
                                   .windowRows = static_cast<std::size_t>(profile.featureRows)});
}

Result<Track> tableTrack(const avatar::AvatarPackage& package, std::optional<NpyArray> features)
{
    const auto& manifest = package.manifest();
    const auto profile = manifest.network.profile();
    if (!features) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The avatar {} listens to {} features, which cannot be computed from a voice here. "
                                   "Let the tools it was trained with make them and give the file with --features "
                                   "FILE.npy: one row of {} numbers a frame.",
                                   package.folder().string(), toString(manifest.network.mode), profile.featureSize()));
    }
    auto table = audio::FeatureTable::create(std::move(*features),
                                             {.featureSize = profile.featureSize(),
                                              .windowRows = static_cast<std::size_t>(profile.featureRows),
                                              .framesPerSecond = manifest.frameRate()});
    if (!table)
        return failure(table);
    return std::move(*table);
}

Result<Track> trackOf(const avatar::AvatarPackage& package, int threads, std::optional<NpyArray> features,
                      int encodeBatch)
{
    const auto& manifest = package.manifest();
    const auto mode = manifest.network.mode;
    if (mode == nn::AudioMode::Hubert || mode == nn::AudioMode::Wenet)
        return tableTrack(package, std::move(features));
    if (features) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The avatar {} listens to the voice itself and takes no features. Leave them out.",
                                   package.folder().string()));
    }
    if (mode == nn::AudioMode::Mel)
        return std::make_unique<audio::MelTrack>(manifest.frameRate(), manifest.network.profile().melPadding);
    return encodedTrack(package, threads, encodeBatch);
}

} // namespace

Result<std::unique_ptr<SpeechSession>> SpeechSession::create(std::shared_ptr<avatar::TemplateFrames> frames,
                                                             int threads, std::optional<NpyArray> features,
                                                             int encodeBatch)
{
    const auto& package = frames->package();
    if (auto trained = package.checkTrained(); !trained)
        return failure(trained);
    auto track = trackOf(package, threads, std::move(features), encodeBatch);
    if (!track)
        return failure(track);
    return std::unique_ptr<SpeechSession>(new SpeechSession(std::move(frames), std::move(*track)));
}

SpeechSession::SpeechSession(std::shared_ptr<avatar::TemplateFrames> frames, std::unique_ptr<audio::WindowTrack> track)
    : m_frames(std::move(frames))
    , m_loop(m_frames->package().manifest().loop, m_frames->package().manifest().frameCount,
             m_frames->package().manifest().startFrame)
    , m_windowSize(m_frames->package().manifest().network.audioElements())
    , m_track(std::move(track))
{
}

Result<std::int64_t> SpeechSession::framesOf(std::size_t samples) const
{
    const auto frames = m_track->framesOf(samples); // depends on nothing that changes
    if (!frames)
        return failure(frames);
    return static_cast<std::int64_t>(*frames);
}

Status SpeechSession::advance(const std::function<Status()>& step)
{
    Status done;
    {
        std::lock_guard lock(m_mutex);
        done = step();
        if (!done)
            m_failure = done.error();
    }
    m_advanced.notify_all();
    return done;
}

Status SpeechSession::push(std::span<const float> samples)
{
    return advance([&] { return m_track->push(samples); });
}

Status SpeechSession::finish()
{
    return advance([&] { return m_track->finish(); });
}

void SpeechSession::fail(Error error)
{
    {
        std::lock_guard lock(m_mutex);
        m_failure = std::move(error);
    }
    m_advanced.notify_all();
}

bool SpeechSession::isReady(std::int64_t number) const
{
    std::lock_guard lock(m_mutex);
    return static_cast<std::size_t>(number) < m_track->readyFrames();
}

/// Needs the lock of m_mutex.
Status SpeechSession::waitForSound(std::unique_lock<std::mutex>& lock, std::int64_t number, const std::stop_token& stop)
{
    const auto known = [&] {
        return m_failure || m_track->finished() || static_cast<std::size_t>(number) < m_track->readyFrames();
    };
    if (!m_advanced.wait(lock, stop, known))
        return failure(ErrorCode::Interrupted, "Stopped while waiting for the voice");
    if (m_failure)
        return tl::unexpected(*m_failure);
    return {};
}

Result<bool> SpeechSession::hasFrame(std::int64_t number, const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    if (auto waited = waitForSound(lock, number, stop); !waited)
        return failure(waited);
    return static_cast<std::size_t>(number) < m_track->readyFrames();
}

Result<std::vector<float>> SpeechSession::window(std::int64_t number, const std::stop_token& stop)
{
    std::vector<float> window(m_windowSize);
    std::unique_lock lock(m_mutex);
    if (auto waited = waitForSound(lock, number, stop); !waited)
        return failure(waited);
    if (auto copied = m_track->window(static_cast<std::size_t>(number), window); !copied)
        return failure(copied);
    return window;
}

Result<SpeechFrame> SpeechSession::frame(std::int64_t number, std::int64_t shown, const std::stop_token& stop)
{
    auto heard = window(number, stop);
    if (!heard)
        return failure(heard);
    auto templateFrame = m_frames->frame(m_loop.frameAt(shown));
    if (!templateFrame)
        return failure(templateFrame);
    return SpeechFrame{shown, std::move(*templateFrame), std::move(*heard)};
}

Result<std::optional<NpyArray>> featuresOf(const avatar::AvatarPackage& package, const std::filesystem::path& voice,
                                           const std::filesystem::path& file)
{
    if (!file.empty()) {
        auto read = readNpy(file);
        if (!read)
            return failure(read);
        return std::optional(std::move(*read));
    }
    const auto mode = package.manifest().network.mode;
    const auto own = package.soundFile();
    std::error_code ignored;
    const bool needsTable = mode == nn::AudioMode::Hubert || mode == nn::AudioMode::Wenet;
    if (needsTable && own && std::filesystem::equivalent(*own, voice, ignored))
        return package.features();
    return std::optional<NpyArray>();
}

void pushWhole(SpeechSession& session, std::span<const float> samples, const std::stop_token& stop)
{
    for (std::size_t at = 0; at < samples.size(); at += kSpeechChunk) {
        if (stop.stop_requested())
            return session.fail({ErrorCode::Interrupted, "Stopped while listening to the voice", {}});
        if (!session.push(samples.subspan(at, std::min(kSpeechChunk, samples.size() - at))))
            return; // the session has told everyone who waits
    }
    (void)session.finish();
}

} // namespace lipsync::session

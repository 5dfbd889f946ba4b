// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/speech_session.h"

#include <algorithm>

namespace lipsync::session {

Result<std::unique_ptr<SpeechSession>> SpeechSession::create(std::shared_ptr<avatar::TemplateFrames> frames,
                                                             int threads)
{
    const auto& package = frames->package();
    const auto& network = package.manifest().network;
    if (network.mode != nn::AudioMode::Ave) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The avatar {} listens to {} features, which cannot be computed from a voice here; "
                                   "use an avatar trained with AVE features.",
                                   package.folder().string(), toString(network.mode)));
    }
    const auto weights = package.audioEncoderWeights();
    if (!weights)
        return failure(weights);
    auto encoder = nn::AudioEncoder::create(*weights, {nn::Precision::Fp32, threads});
    if (!encoder)
        return failure(encoder);
    return std::unique_ptr<SpeechSession>(new SpeechSession(std::move(frames), std::move(*encoder)));
}

SpeechSession::SpeechSession(std::shared_ptr<avatar::TemplateFrames> frames, std::unique_ptr<nn::AudioEncoder> encoder)
    : m_frames(std::move(frames))
    , m_loop(m_frames->package().manifest().loop, m_frames->package().manifest().frameCount,
             m_frames->package().manifest().startFrame)
    , m_encoder(std::move(encoder))
    , m_features(audio::featureEncoder(*m_encoder), {.framesPerSecond = m_frames->package().manifest().frameRate()})
{
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
    return advance([&] { return m_features.push(samples); });
}

Status SpeechSession::finish()
{
    return advance([&] { return m_features.finish(); });
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
    return static_cast<std::size_t>(number) < m_features.readyFrames();
}

/// Needs the lock of m_mutex.
Status SpeechSession::waitForSound(std::unique_lock<std::mutex>& lock, std::int64_t number, const std::stop_token& stop)
{
    const auto known = [&] {
        return m_failure || m_features.finished() || static_cast<std::size_t>(number) < m_features.readyFrames();
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
    return static_cast<std::size_t>(number) < m_features.readyFrames();
}

Result<SpeechFrame> SpeechSession::frame(std::int64_t number, const std::stop_token& stop)
{
    SpeechFrame frame;
    frame.number = number;
    frame.window.resize(audio::kFeatureWindowElements);
    {
        std::unique_lock lock(m_mutex);
        if (auto waited = waitForSound(lock, number, stop); !waited)
            return failure(waited);
        if (auto copied = m_features.window(static_cast<std::size_t>(number), frame.window); !copied)
            return failure(copied);
    }
    auto templateFrame = m_frames->frame(m_loop.frameAt(number));
    if (!templateFrame)
        return failure(templateFrame);
    frame.templateFrame = std::move(*templateFrame);
    return frame;
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

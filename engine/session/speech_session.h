// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audio/feature_track.h"
#include "avatar/template_frames.h"
#include "avatar/template_loop.h"
#include "inference/mouth_worker.h"
#include "nn/audio_encoder.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>

namespace lipsync::session {

/// One voice on one avatar: sound goes in at one end, the jobs of its frames come out at the other.
/// One thread may push sound while others ask for jobs.
class SpeechSession {
public:
    /// `threads`: computing threads of the audio encoder. InvalidInput when the avatar's network listens to features
    /// other than AVE, which cannot be computed from sound.
    static Result<std::unique_ptr<SpeechSession>> create(std::shared_ptr<avatar::TemplateFrames> frames, int threads);

    /// Appends 16 kHz mono sound and computes the features it completes.
    Status push(std::span<const float> samples);
    /// The voice ends here; all its frames become ready.
    Status finish();
    /// Wakes everyone who waits for a frame, with `error`.
    void fail(Error error);

    /// Template frame of an output frame.
    int templateIndex(std::int64_t frame) const { return m_loop.frameAt(frame); }

    /// Waits until the sound around `frame` is known and gives its job. Interrupted when stopped meanwhile.
    Result<inference::MouthJob> job(std::int64_t frame, const std::stop_token& stop);

    /// Whether job(frame) would not wait.
    bool isReady(std::int64_t frame) const;

private:
    SpeechSession(std::shared_ptr<avatar::TemplateFrames> frames, std::unique_ptr<nn::AudioEncoder> encoder);
    Status advance(const std::function<Status()>& step);

    const std::shared_ptr<avatar::TemplateFrames> m_frames;
    const avatar::TemplateLoop m_loop;
    const std::unique_ptr<nn::AudioEncoder> m_encoder;

    mutable std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_advanced;
    audio::FeatureTrack m_features;
    std::optional<Error> m_failure;
};

/// Sound pushed at once into a session when a whole file is at hand: 0.4 s, so that frames begin to flow early.
inline constexpr std::size_t kSpeechChunk = 6400;

/// Pushes a whole voice chunk by chunk and finishes the session; failures and a stop are told through fail().
void pushWhole(SpeechSession& session, std::span<const float> samples, const std::stop_token& stop);

} // namespace lipsync::session

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audio/feature_track.h"
#include "avatar/template_frames.h"
#include "avatar/template_loop.h"
#include "nn/audio_encoder.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>

namespace lipsync::session {

/// What a frame of a speech is made of: the template frame it belongs to and the sound around it.
struct SpeechFrame {
    std::int64_t number = 0; ///< of the output, from 0
    std::shared_ptr<const avatar::TemplateFrame> templateFrame;
    std::vector<float> window; ///< GeneratorSpec::audioElements() floats
};

/// One voice on one avatar: sound goes in at one end, what its frames are made of comes out at the other.
/// One thread may push sound while others ask for frames.
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

    /// Waits until it is known whether the speech has a frame `number`: its sound is known, or the speech has ended.
    Result<bool> hasFrame(std::int64_t number, const std::stop_token& stop);

    /// Waits until the sound around frame `number` is known. Interrupted when stopped meanwhile.
    Result<SpeechFrame> frame(std::int64_t number, const std::stop_token& stop);

    /// Whether frame(number) would not wait.
    bool isReady(std::int64_t number) const;

private:
    SpeechSession(std::shared_ptr<avatar::TemplateFrames> frames, std::unique_ptr<nn::AudioEncoder> encoder);
    Status advance(const std::function<Status()>& step);
    Status waitForSound(std::unique_lock<std::mutex>& lock, std::int64_t number, const std::stop_token& stop);

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

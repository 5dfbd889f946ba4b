// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audio/window_track.h"
#include "avatar/template_frames.h"
#include "avatar/template_loop.h"
#include "base/npy.h"

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>

namespace lipsync::session {

/// What a frame of a speech is made of: the template frame it belongs to and the sound around it.
struct SpeechFrame {
    std::int64_t number = 0; ///< of the output, from 0
    std::shared_ptr<const avatar::TemplateFrame> templateFrame;
    std::vector<float> window; ///< GeneratorSpec::audioElements() floats
};

/// Windows of sound that are encoded together where nothing else is said; see audio::FeatureTrackOptions.
inline constexpr int kEncodeBatch = 4;

/// One voice on one avatar: sound goes in at one end, what its frames are made of comes out at the other.
/// One thread may push sound while others ask for frames.
class SpeechSession {
public:
    /// `threads`: computing threads of the audio encoder. `features`: the voice's features, for networks that listen to
    /// hubert or wenet; InvalidInput when such a one gets none or others, or when another one gets some. `encodeBatch`:
    /// windows of sound the encoder takes at once; one by one frames come up to 120 ms sooner and cost more.
    static Result<std::unique_ptr<SpeechSession>> create(std::shared_ptr<avatar::TemplateFrames> frames, int threads,
                                                         std::optional<NpyArray> features = {},
                                                         int encodeBatch = kEncodeBatch);

    /// Frames of the video of so many 16 kHz samples. InvalidInput when the features are not of such a voice.
    Result<std::int64_t> framesOf(std::size_t samples) const;

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
    Result<SpeechFrame> frame(std::int64_t number, const std::stop_token& stop) { return frame(number, number, stop); }
    /// The same where the speech is a part of something longer: as output frame `shown`, on that one's template frame.
    Result<SpeechFrame> frame(std::int64_t number, std::int64_t shown, const std::stop_token& stop);
    /// Only what is heard at frame `number`, for those who choose the template frame themselves.
    Result<std::vector<float>> window(std::int64_t number, const std::stop_token& stop);

    /// Whether frame(number) would not wait.
    bool isReady(std::int64_t number) const;

private:
    SpeechSession(std::shared_ptr<avatar::TemplateFrames> frames, std::unique_ptr<audio::WindowTrack> track);
    Status advance(const std::function<Status()>& step);
    Status waitForSound(std::unique_lock<std::mutex>& lock, std::int64_t number, const std::stop_token& stop);

    const std::shared_ptr<avatar::TemplateFrames> m_frames;
    const avatar::TemplateLoop m_loop;
    const std::size_t m_windowSize; ///< numbers

    mutable std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_advanced;
    const std::unique_ptr<audio::WindowTrack> m_track;
    std::optional<Error> m_failure;
};

/// The feature table with which an avatar speaks a voice: that of `file` where one is named, the avatar's own when the
/// voice is its own sound, nothing otherwise and for networks that need none. Errors name the file.
Result<std::optional<NpyArray>> featuresOf(const avatar::AvatarPackage& package, const std::filesystem::path& voice,
                                           const std::filesystem::path& file);

/// Sound pushed at once into a session when a whole file is at hand: 0.4 s, so that frames begin to flow early.
inline constexpr std::size_t kSpeechChunk = 6400;

/// Pushes a whole voice chunk by chunk and finishes the session; failures and a stop are told through fail().
void pushWhole(SpeechSession& session, std::span<const float> samples, const std::stop_token& stop);

} // namespace lipsync::session

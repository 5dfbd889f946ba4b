// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "base/error.h"
#include "session/speech_session.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace lipsync::serving {

/// What an avatar's own clip sounds like, for callers who name a frame and send no sound: the features that were
/// extracted for the package, or those of its own sound. Any thread.
class OwnSound {
public:
    /// Reads or computes the features; null when the avatar has neither them nor a sound.
    static Result<std::shared_ptr<OwnSound>> open(const std::shared_ptr<avatar::TemplateFrames>& frames);

    explicit OwnSound(std::unique_ptr<session::SpeechSession> speech, std::int64_t frames)
        : m_speech(std::move(speech))
        , m_frames(frames)
    {
    }

    /// Frames of sound; a clip may be a few frames longer.
    std::int64_t frames() const { return m_frames; }
    /// The window at a template frame, from 0 on; past the end of the sound the last one.
    Result<std::vector<float>> window(std::int64_t templateFrame) const;

private:
    const std::unique_ptr<session::SpeechSession> m_speech;
    const std::int64_t m_frames;
};

} // namespace lipsync::serving

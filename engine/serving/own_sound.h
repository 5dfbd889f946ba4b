// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/template_frames.h"
#include "base/error.h"
#include "inference/model.h"

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

    /// Frames of sound; a clip may be a few frames longer.
    std::int64_t frames() const { return m_frames; }
    /// The window at a template frame, from 0 on; past the end of the sound the last one. Nothing is copied.
    inference::SoundWindow window(std::int64_t templateFrame) const;

private:
    explicit OwnSound(const nn::NetworkProfile& profile);
    void append(std::span<const float> window);

    const std::size_t m_windowSize; ///< numbers
    const std::size_t m_step; ///< numbers from one window to the next: windows of rows have all but one in common
    std::int64_t m_frames = 0;
    std::shared_ptr<std::vector<float>> m_numbers = std::make_shared<std::vector<float>>(); ///< of all windows
};

} // namespace lipsync::serving

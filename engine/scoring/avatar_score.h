// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/compositor.h"
#include "base/error.h"
#include "scoring/landmark_finder.h"
#include "scoring/score_report.h"
#include "session/frame_service.h"

#include <filesystem>
#include <optional>
#include <stop_token>

namespace lipsync::nn {
class SyncNet;
}

namespace lipsync::scoring {

/// What of an avatar is measured, and how.
struct AvatarScoreRequest {
    std::filesystem::path avatar;
    /// Sound or video file to speak; empty: the avatar's own sound, which its template was recorded with.
    std::filesystem::path voice;
    /// Whether `voice` is that own sound, sample 0 at the start of template frame 0: then there are true frames.
    bool voiceIsOwn = false;
    std::filesystem::path features; ///< of the voice, for hubert and wenet networks; empty: the avatar's own
    int firstFrame = 0; ///< of the template or, with another voice, of the speech
    int frames = 0; ///< most that are measured; 0: all
    /// Frames from a frame to the one whose mouth the network is shown instead; by default half of the clip.
    std::optional<int> referenceOffset;
    bool withTruthShown = true; ///< also as an export would do it, where the network sees the true mouth
    avatar::PasteMode paste = avatar::PasteMode::Feathered;
    nn::SyncNet* syncNet = nullptr; ///< for LSE-D and LSE-C
    int syncReach = 0;
};

/// Fewest frames that say anything.
inline constexpr std::int64_t kFewestFrames = 10;

/// Self-reenactment: makes a trained avatar speak its own sound and compares with its template's true frames; or, with
/// another voice, how the mouth follows that. Runs on the caller's thread and the workers of the service; memory does
/// not grow with the clip but for a few numbers a frame. InvalidInput when the avatar has no sound of its own or is
/// too short, Usage when the range lies outside.
Result<ScoreReport> scoreAvatar(session::FrameService& service, const AvatarScoreRequest& request,
                                const LandmarkFinders& finders, const ScoreProgress& progress,
                                const std::stop_token& stop);

} // namespace lipsync::scoring

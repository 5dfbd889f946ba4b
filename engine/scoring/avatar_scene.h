// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scoring/avatar_score.h"
#include "scoring/reenactment.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace lipsync::scoring {

/// Everything that stays the same while an avatar is measured.
struct AvatarScene {
    session::FrameService& service;
    const AvatarScoreRequest& request;
    const LandmarkFinders& finders;
    std::shared_ptr<session::OpenAvatar> avatar;
    bool ownVoice = false;
    std::vector<float> speech; ///< up to the end of what is measured
    std::unique_ptr<SpokenVoice> voice;
    FrameRange range;
    std::optional<cv::Rect> firstFace; ///< of the first frame, where the package has its landmarks
    std::vector<std::optional<Landmarks>> known; ///< of the range, where the package has them
    std::unique_ptr<const avatar::Compositor> compositor;
};

/// Opens what a request names, checks that it can be measured, waits for a worker and begins to listen to the voice.
/// Service, request and finders must outlive the scene.
Result<AvatarScene> openScene(session::FrameService& service, const AvatarScoreRequest& request,
                              const LandmarkFinders& finders, const std::stop_token& stop);

} // namespace lipsync::scoring

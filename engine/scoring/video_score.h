// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "scoring/landmark_finder.h"
#include "scoring/score_report.h"

#include <filesystem>
#include <optional>
#include <stop_token>

namespace lipsync::nn {
class SyncNet;
}

namespace lipsync::scoring {

/// Which talking video is measured, and how.
struct VideoScoreRequest {
    std::filesystem::path video;
    std::filesystem::path voice{}; ///< its sound, sample 0 at the start of frame 0; empty: the video's own
    std::filesystem::path truth{}; ///< a video of the same frames as they really were; empty: none
    int firstFrame = 0; ///< at 25 frames a second
    int frames = 0; ///< most that are measured; 0: all
    std::optional<cv::Rect> face{}; ///< where the face is in the first measured frame
    bool syncOfWholeFrame = false; ///< show SyncNet whole frames, as Wav2Lip's evaluation of face videos does
    nn::SyncNet* syncNet = nullptr; ///< for LSE-D and LSE-C
    int syncReach = 0;
};

/// How a mouth in a video follows its sound, and how it trembles; with `truth` also how like that it is. Everything at
/// 25 frames a second. Memory does not grow with the video but for a few numbers a frame. InvalidInput when it has no
/// sound, is too short, shows no face, or when the true video has other pictures.
Result<ScoreReport> scoreVideo(const VideoScoreRequest& request, const LandmarkFinders& finders,
                               const ScoreProgress& progress, const std::stop_token& stop);

} // namespace lipsync::scoring

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "nn/network_spec.h"
#include "preparation/quality_report.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <opencv2/core/types.hpp>

namespace lipsync::preparation {

/// A raw video, and the avatar it shall become.
struct PreparationRequest {
    std::filesystem::path video;
    std::filesystem::path output; ///< NAME.avatar
    std::string title; ///< for people; empty: the avatar's name
    std::string licence;
    std::string attribution;
    nn::GeneratorSpec network; ///< the one to be trained
    std::optional<cv::Rect2f> faceBox; ///< where the face is in the first frame taken, pixels of the upright picture
    int faceNumber = 1; ///< without a box: 1 the largest face, 2 the second largest, …
    double startSeconds = 0.0;
    std::optional<double> seconds; ///< most that is taken of the video
    std::filesystem::path landmarkData; ///< empty: the system's
    std::filesystem::path pictures; ///< folder for annotated pictures of the worst frames; empty: none
    int threads = 2; ///< computing threads beside the caller's
    bool overwrite = false;
};

/// How far prepare() is.
struct PreparationProgress {
    std::string_view stage; ///< "converting", "finding the face", "writing"
    double share = 0.0; ///< 0 … 1 of the whole
    std::int64_t frames = 0; ///< of this stage
};

/// Makes a prepared avatar of a video: template clip at the network's rate, sound in step, the face's 68 landmarks in
/// every frame, smoothed, and crop squares, thumbnail, preview strip and quality report. Whole or nothing: a folder
/// beside the output, removed at the end, holds what is under way. InvalidInput when the video cannot be used or
/// shows no usable face; Interrupted when `stop` asks for it. Blocks the caller's thread, which `progress` is
/// called on too.
Result<QualityReport> prepare(const PreparationRequest& request,
                              const std::function<void(const PreparationProgress&)>& progress = {},
                              std::stop_token stop = {});

} // namespace lipsync::preparation

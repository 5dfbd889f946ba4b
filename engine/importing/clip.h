// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "importing/frame_crops.h"
#include "importing/source.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lipsync::importing {

/// Which part of a source becomes a clip, and how.
struct ClipOptions {
    int frameRate = 25; ///< of the clip: the network's
    std::optional<FrameRange> frames; ///< of a data set or package; all when not given
    std::optional<double> pictureRate; ///< at which a data set's pictures were taken; told by its sound when not given
    double startSeconds = 0.0; ///< of a video
    std::optional<double> seconds; ///< of a video
    int threads = 1;
};

/// A template clip in the making.
struct Clip {
    std::filesystem::path video; ///< as avatar::makeTemplateVideo() writes it
    std::filesystem::path sound; ///< WAV in step with it; empty when there is none
    cv::Size size;
    FrameRange range; ///< of the source's frames; of a video, counted from where the clip begins
    std::vector<int> sourceFrames; ///< the source frame that each frame shows
    double sourceRate = 0.0; ///< frames a second of the source
    std::vector<std::string> warnings;
};

/// Writes the clip and its sound into `folder`, decoding one frame after the other. `progress` is told the share done,
/// 0 … 1. InvalidInput and Interrupted as makeTemplateVideo(); Usage for a range that the source does not have.
Result<Clip> makeClip(const Source& source, const std::filesystem::path& folder, const ClipOptions& options,
                      const std::function<void(double)>& progress, const std::stop_token& stop);

} // namespace lipsync::importing

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Pictures for people: thumbnail, preview strip, faulty frames. Internal to the room.

#include "base/error.h"
#include "faces/crop_rule.h"
#include "preparation/clip_faces.h"
#include "preparation/quality_report.h"

#include <filesystem>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace lipsync::preparation {

/// Everything the pictures are made of.
struct PictureSources {
    std::filesystem::path clip;
    const std::vector<ClipFrame>& frames;
    const faces::CropPlan& crops;
    const QualityReport& report;
};

/// The sharpest frame that looks into the camera: its square with some room, at most 256 pixels a side.
Result<cv::Mat> makeThumbnail(const PictureSources& sources);

/// Crops across the clip in a row, each with a bar below: green detected, yellow tracked, red lost; and below them one
/// thin column for every frame.
Result<cv::Mat> makePreview(const PictureSources& sources);

/// Writes PNG pictures of the frames that warnings are about into `folder`, with points, box and square drawn in:
/// frame-00012-lost.png and so on, at most 24.
Status writeFaultyFrames(const PictureSources& sources, const std::filesystem::path& folder);

} // namespace lipsync::preparation

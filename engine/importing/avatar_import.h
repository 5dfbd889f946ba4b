// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "importing/frame_crops.h"
#include "importing/network_files.h"

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <opencv2/core/types.hpp>

namespace lipsync::importing {

/// What is imported, and as what.
struct ImportOptions {
    std::filesystem::path source; ///< folder, archive or video
    std::filesystem::path output; ///< NAME.avatar
    NetworkOptions network;
    std::optional<FrameRange> frames; ///< of a data set or package
    std::optional<double> pictureRate; ///< of a data set
    double startSeconds = 0.0; ///< of a video
    std::optional<double> seconds;
    std::optional<cv::Rect> face; ///< of a video: where the face is in all of it
    std::array<int, 4> pads{0, 10, 0, 0}; ///< added to a face that is found: top, bottom, left, right (section 3.5)
    std::string title, attribution, licence;
    bool overwrite = false;
    int threads = 1;
};

/// What an import tells while it runs; called on its thread. Either may be empty.
struct ImportEvents {
    std::function<void(const std::string& sentence)> recognised; ///< once, before the work
    std::function<void(const char* stage, double share)> progress; ///< 0 … 1 of each stage
};

/// What was imported.
struct ImportReport {
    std::string source; ///< what was recognised
    std::string network; ///< e.g. "synctalk2d_328_ave"
    std::filesystem::path checkpoint;
    int frames = 0; ///< of the template
    int width = 0, height = 0;
    double sourceRate = 0.0;
    bool hasSound = false;
    std::vector<std::string> warnings; ///< sentences for the operator
};

/// Makes an avatar of what other tools have prepared. Frames are read one after the other; weights and crops alone are
/// in memory. Working files lie in NAME.avatar.import beside the output and are gone afterwards. InvalidInput when the
/// source cannot be used, Usage when something has to be said, Interrupted by `stop`; nothing is left behind.
Result<ImportReport> importAvatar(const ImportOptions& options, const ImportEvents& events = {},
                                  const std::stop_token& stop = {});

} // namespace lipsync::importing

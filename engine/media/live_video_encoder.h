// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <memory>
#include <string>

#include <opencv2/core/mat.hpp>

namespace lipsync::media {

/// What pictures a LiveVideoEncoder gets.
struct LiveVideoOptions {
    int width = 0, height = 0; ///< an odd one is padded by repeating the last column or row
    int frameRateNumerator = 25, frameRateDenominator = 1;
    int quality = 23; ///< constant rate factor, 0 to 51
    int keyframeInterval = 50; ///< pictures
};

/// One picture of H.264 in Annex B; a key frame carries its parameter sets.
struct AccessUnit {
    std::string bytes;
    bool isKeyFrame = false;
};

/// H.264 for somebody who waits: every picture comes out as soon as it goes in. One thread at a time.
class LiveVideoEncoder {
public:
    /// Resource when FFmpeg has no such encoder here.
    static Result<std::unique_ptr<LiveVideoEncoder>> create(const LiveVideoOptions& options);
    ~LiveVideoEncoder();

    /// `bgr`: height × width (CV_8UC3). `isKeyFrame`: somebody begins to look here.
    Result<AccessUnit> encode(const cv::Mat& bgr, bool isKeyFrame = false);

private:
    class Impl;
    explicit LiveVideoEncoder(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::media

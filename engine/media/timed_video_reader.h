// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <memory>
#include <string>

#include <opencv2/core/mat.hpp>

namespace lipsync::media {

/// What a player makes of a video.
struct ShownVideo {
    int width = 0; ///< as shown: upright, square pixels
    int height = 0;
    std::string codec; ///< FFmpeg's name, e.g. "hevc"
    int rotationDegrees = 0; ///< clockwise turn that is applied: 0, 90, 180 or 270
    bool hasSquarePixels = true; ///< otherwise one side is stretched
    bool isInterlaced = false; ///< and is made progressive
    bool isHighRange = false; ///< PQ or HLG, and is mapped to BT.709
    bool hasAudio = false; ///< there is a sound stream beside it
    double originSeconds = 0.0; ///< when its first picture is shown on the file's clock, which its sound shares
    double seconds = 0.0; ///< from then to its end as the file says; 0 when it does not
};

/// Reads a video's pictures as a player shows them, each with the time for which it stands: upright, progressive,
/// BT.709 in BGR bytes with square pixels. One thread at a time.
class TimedVideoReader {
public:
    /// Opens `file`; its decoder uses `threads` threads. Pictures that are gone before `fromSeconds` (counted from
    /// the first one) may be passed over unseen. InvalidInput when it is no video, or one in Dolby Vision's own
    /// colours, which nothing else can show.
    static Result<std::unique_ptr<TimedVideoReader>> open(const std::filesystem::path& file, int threads = 1,
                                                          double fromSeconds = 0.0);

    ~TimedVideoReader();
    TimedVideoReader(const TimedVideoReader&) = delete;
    TimedVideoReader& operator=(const TimedVideoReader&) = delete;

    const ShownVideo& info() const;

    /// Goes to the next picture; false after the last. InvalidInput, saying how much could be read, when the file is
    /// damaged or ends early, or when the pictures change their size.
    Result<bool> advance();

    /// Seconds from the first picture of the video to when this one appears, and to when it disappears.
    double shownAt() const;
    double shownUntil() const;

    /// This picture, height × width CV_8UC3 in memory of its own.
    Result<cv::Mat> picture();

private:
    class Impl;
    explicit TimedVideoReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::media

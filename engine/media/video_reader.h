// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <opencv2/core/mat.hpp>

namespace lipsync::media {

/// What a video file holds. Width and height are those of the pictures as stored, before rotationDegrees.
struct VideoInfo {
    int width = 0;
    int height = 0;
    double frameRate = 0.0;
    int frameRateNumerator = 0;
    int frameRateDenominator = 1;
    std::int64_t frameCount = 0; ///< as the container says, or counted by its packets
    double seconds = 0.0; ///< length of the video stream
    std::string codec; ///< FFmpeg's name, e.g. "h264"
    bool hasAudio = false;
    int rotationDegrees = 0; ///< clockwise turn a player applies: 0, 90, 180 or 270; VideoReader does not apply it
};

/// Reads the pictures of a file's first video stream one after the other. One thread at a time.
class VideoReader {
public:
    /// Opens `file`; the decoder uses `threads` threads of its own. InvalidInput when it is no video.
    static Result<std::unique_ptr<VideoReader>> open(const std::filesystem::path& file, int threads = 1);

    ~VideoReader();
    VideoReader(const VideoReader&) = delete;
    VideoReader& operator=(const VideoReader&) = delete;

    const VideoInfo& info() const;

    /// The next picture, height × width BGR bytes (CV_8UC3) in memory of its own, converted by the file's colour
    /// matrix and range; nothing after the last. InvalidInput, naming how many frames could be read, when the file
    /// ends early or is damaged.
    Result<std::optional<cv::Mat>> next();

    /// Makes next() yield frame `index` (0-based, presentation order). Usage when it lies outside the video.
    Status seekToFrame(std::int64_t index);

private:
    class Impl;
    explicit VideoReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Looks at a video without decoding it (packets are counted where the container does not know the frame count).
Result<VideoInfo> probeVideo(const std::filesystem::path& file);

} // namespace lipsync::media

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "media/picture_sequence_writer.h"
#include "media/synthetic_mark.h"
#include "media/video_format.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <opencv2/core/mat.hpp>

namespace lipsync::media {

/// How a video file is encoded.
struct VideoOptions {
    int width = 0; ///< of the pictures given to write(); an odd one is padded by repeating the last column
    int height = 0; ///< likewise, by repeating the last row
    int frameRateNumerator = 25;
    int frameRateDenominator = 1;
    VideoFormat format = VideoFormat::Mp4;
    std::string codec = "libx264"; ///< name of an FFmpeg H.264 encoder, for MP4
    std::string preset = "veryfast";
    int quality = 18; ///< constant rate factor, 0 (lossless) – 51; lower is better; scaled for VP9, not for ProRes
    int threads = 1; ///< of the video encoder
    int keyframeInterval = 250; ///< frames from one seek point to the next; an encoder may add some in between
    bool fullChroma = false; ///< colour at full resolution (4:4:4): exact, but few players show it
    std::optional<int> audioSampleRate; ///< samples a second; no sound when not given
    int audioChannels = 1; ///< 1 or 2
    bool markSynthetic = true; ///< says in the metadata that this is synthetic media, see synthetic_mark.h
    std::string title; ///< metadata; empty for none
    bool overwrite = false; ///< replace an existing file
};

/// Usage when the options make no sense.
Status checkOptions(const VideoOptions& options);

/// Writes a video file (MP4, unless another format is asked for) whose frame count, duration and sound are exactly what was given. Everything goes
/// to `file.part`, which finish() renames; without finish() the destructor removes it. One thread at a time.
class VideoWriter {
public:
    /// InvalidInput when `file` exists and may not be replaced, Usage for options that make no sense, Resource when
    /// it cannot be created.
    static Result<std::unique_ptr<VideoWriter>> create(const std::filesystem::path& file, VideoOptions options);

    ~VideoWriter();
    VideoWriter(const VideoWriter&) = delete;
    VideoWriter& operator=(const VideoWriter&) = delete;

    /// Appends one picture, height × width BGR bytes (CV_8UC3); it may be changed afterwards. Resource, and nothing
    /// left behind, when the disk is full.
    Status write(const cv::Mat& bgr);

    /// Appends sound: any number of whole frames of `audioChannels` values. It may be given before, between or after
    /// the pictures; the file is tidiest, and memory smallest, when sound and pictures go side by side.
    Status writeAudio(std::span<const float> interleaved);

    /// Completes the file, makes it durable and gives it its name. Nothing can be written afterwards.
    Status finish();

private:
    class Impl;
    explicit VideoWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::media

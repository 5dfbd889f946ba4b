// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "media/timed_video_reader.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include <opencv2/core/mat.hpp>

namespace lipsync::scoring {

/// A video at 25 frames a second, whatever its own rate: frame n is what a player shows at the frame's middle,
/// (n + 0.5) / 25 s after the first picture. One thread.
class PacedVideo {
public:
    static Result<std::unique_ptr<PacedVideo>> open(const std::filesystem::path& file);

    const media::ShownVideo& info() const { return m_reader->info(); }

    /// The next frame, BGR; nothing after the last. Frames may share a picture: read it, never write.
    Result<std::optional<cv::Mat>> next();

private:
    explicit PacedVideo(std::unique_ptr<media::TimedVideoReader> reader)
        : m_reader(std::move(reader))
    {
    }

    const std::unique_ptr<media::TimedVideoReader> m_reader;
    std::int64_t m_number = 0;
    bool m_hasPicture = false;
    cv::Mat m_picture; ///< empty until it was asked for
};

} // namespace lipsync::scoring

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/ffmpeg_handles.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace lipsync::media {

/// When every picture of a video stream is shown, and where decoding can start.
struct FrameIndex {
    struct SeekPoint {
        std::int64_t shownAt = 0; ///< presentation time of the key frame, in the stream's time base
        std::int64_t decodedAt = 0; ///< its decoding time
    };
    std::vector<std::int64_t> shownAt; ///< ascending; empty when the file does not say for every picture
    std::vector<SeekPoint> seekPoints; ///< ascending
    std::int64_t frames = 0;

    /// The last seek point from which frame `index` can be reached; nothing when only the file's start will do.
    std::optional<SeekPoint> seekPointBefore(std::int64_t index) const;
};

/// Reads every packet of the stream from where the container stands to its end, without decoding.
FrameIndex scanFrames(AVFormatContext& format, const AVStream& stream);

/// The frame count that a container of the QuickTime family lists, without those its edit list leaves out; 0 when
/// it lists none.
std::int64_t listedFrames(AVStream& stream);

} // namespace lipsync::media

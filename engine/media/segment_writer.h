// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/audio_decoder.h"
#include "media/segment_file.h"
#include "media/video_writer.h"

#include <filesystem>
#include <memory>
#include <stop_token>

#include <opencv2/core/mat.hpp>

namespace lipsync::media {

/// Encodes pictures into a segment file. Every segment of keyframeInterval pictures has an encoder of its own, so that
/// it does not matter where a run ended and the next one began: the bytes are the same. One thread at a time.
class SegmentWriter {
public:
    /// Goes on after the frames that are safe. Errors are those of VideoWriter::create().
    static Result<std::unique_ptr<SegmentWriter>> create(SegmentFile& file, const VideoOptions& options);

    ~SegmentWriter();
    SegmentWriter(const SegmentWriter&) = delete;
    SegmentWriter& operator=(const SegmentWriter&) = delete;

    /// Encodes one picture; `seconds` of work so far are kept with the segment that it completes.
    Status write(const cv::Mat& bgr, double seconds);
    /// Completes the last segment.
    Status finish(double seconds);

private:
    class Impl;
    explicit SegmentWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Makes the video of all segments and their sound without encoding the pictures again, and gives it its name.
/// Interrupted when `stop` asks for it; then the segments are as before.
Status joinSegments(SegmentFile& segments, const std::filesystem::path& output, const VideoOptions& options,
                    const PcmAudio& sound, const std::stop_token& stop);

} // namespace lipsync::media

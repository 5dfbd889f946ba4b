// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Owners of FFmpeg's objects, for the .cpp files of this room only.

#include <cstdint>
#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libavutil/version.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

namespace lipsync::media {

/// Frees an FFmpeg object by the function that belongs to its type.
struct FfmpegDeleter {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
    void operator()(SwrContext* context) const { swr_free(&context); }
    void operator()(SwsContext* context) const { sws_freeContext(context); }
};

/// Closes a context that was opened for reading, and the file that we opened for it.
struct InputDeleter {
    void operator()(AVFormatContext* context) const
    {
        AVIOContext* file = context->pb;
        avformat_close_input(&context);
        avio_closep(&file);
    }
};

/// Closes a file.
struct FileDeleter {
    void operator()(AVIOContext* file) const { avio_closep(&file); }
};

/// Closes a context that was made for writing, and its file.
struct OutputDeleter {
    void operator()(AVFormatContext* context) const
    {
        avio_closep(&context->pb);
        avformat_free_context(context);
    }
};

/// How long a decoded frame lasts, in the time base of its stream; 0 when not known.
inline std::int64_t durationOf(const AVFrame& frame)
{
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame.duration;
#else
    return frame.pkt_duration;
#endif
}

using CodecContextPointer = std::unique_ptr<AVCodecContext, FfmpegDeleter>;
using FramePointer = std::unique_ptr<AVFrame, FfmpegDeleter>;
using PacketPointer = std::unique_ptr<AVPacket, FfmpegDeleter>;
using ResamplerPointer = std::unique_ptr<SwrContext, FfmpegDeleter>;
using ScalerPointer = std::unique_ptr<SwsContext, FfmpegDeleter>;
using FilePointer = std::unique_ptr<AVIOContext, FileDeleter>;
using InputPointer = std::unique_ptr<AVFormatContext, InputDeleter>;
using OutputPointer = std::unique_ptr<AVFormatContext, OutputDeleter>;

} // namespace lipsync::media

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/colour_conversion.h"
#include "media/ffmpeg_handles.h"
#include "media/video_writer.h"

#include <cstdint>
#include <span>

namespace lipsync::media {

/// One stream of a file being written: its encoder, and the way of its packets into the container. Functions return
/// 0 or an FFmpeg error number. One thread at a time.
class EncodedStream {
public:
    EncodedStream(const EncodedStream&) = delete;
    EncodedStream& operator=(const EncodedStream&) = delete;

protected:
    explicit EncodedStream(AVFormatContext& container)
        : m_container(container)
    {
    }
    ~EncodedStream() = default;

    /// Opens m_codec and adds its stream to the container.
    int openStream(const AVCodec* encoder, AVDictionary** options);

    /// Encodes a frame, or what the encoder still holds when nullptr, and writes every packet that is ready.
    int send(const AVFrame* frame);

    AVFormatContext& m_container;
    CodecContextPointer m_codec;
    FramePointer m_frame; ///< used again and again
    AVStream* m_stream = nullptr;

private:
    PacketPointer m_packet;
};

/// H.264 pictures, BT.709, limited range.
class PictureStream : public EncodedStream {
public:
    explicit PictureStream(AVFormatContext& container)
        : EncodedStream(container)
    {
    }
    int open(const AVCodec* encoder, const VideoOptions& options);
    int write(const cv::Mat& bgr);
    int flush() { return send(nullptr); }
    std::int64_t frames() const { return m_frames; }

private:
    BgrToFrame m_converter;
    std::int64_t m_frames = 0;
};

/// AAC sound. Values that are no number are written as 0.
class SoundStream : public EncodedStream {
public:
    explicit SoundStream(AVFormatContext& container)
        : EncodedStream(container)
    {
    }
    int open(const AVCodec* encoder, int sampleRate, int channels);
    int write(std::span<const float> interleaved);
    int flush();

private:
    int sendBlock();

    int m_filled = 0; ///< samples a channel that wait in m_frame
    std::int64_t m_samples = 0;
};

} // namespace lipsync::media

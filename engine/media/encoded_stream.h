// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/colour_conversion.h"
#include "media/ffmpeg_handles.h"
#include "media/video_writer.h"

#include <cstdint>
#include <span>

namespace lipsync::media {

/// Where the packets of an encoder go.
class PacketConsumer {
public:
    virtual ~PacketConsumer() = default;
    /// 0 or an FFmpeg error number; times are in the encoder's time base.
    virtual int take(AVPacket& packet, const AVCodecContext& codec) = 0;
};

/// One stream of a video: its encoder, and the way of its packets to who takes them. Functions return 0 or an FFmpeg
/// error number. One thread at a time.
class EncodedStream {
public:
    EncodedStream(const EncodedStream&) = delete;
    EncodedStream& operator=(const EncodedStream&) = delete;

    /// The encoder; there once open() succeeded.
    const AVCodecContext& codec() const { return *m_codec; }
    /// Encodes what the encoder still holds.
    int flush() { return send(nullptr); }

protected:
    explicit EncodedStream(PacketConsumer& consumer)
        : m_consumer(consumer)
    {
    }
    ~EncodedStream() = default;

    /// Opens m_codec.
    int openCodec(const AVCodec* encoder);

    /// Encodes a frame, or what the encoder still holds when nullptr, and hands every packet on that is ready.
    int send(const AVFrame* frame);

    CodecContextPointer m_codec;
    FramePointer m_frame; ///< used again and again

private:
    PacketConsumer& m_consumer;
    PacketPointer m_packet;
};

/// Pictures in BT.709, limited range: H.264, VP9 or ProRes as the options have it.
class PictureStream : public EncodedStream {
public:
    explicit PictureStream(PacketConsumer& consumer)
        : EncodedStream(consumer)
    {
    }
    int open(const AVCodec* encoder, const VideoOptions& options);
    int write(const cv::Mat& bgr);
    std::int64_t frames() const { return m_frames; }

private:
    BgrToFrame m_converter;
    std::int64_t m_frames = 0;
};

/// Sound. Values that are no number are written as 0.
class SoundStream : public EncodedStream {
public:
    explicit SoundStream(PacketConsumer& consumer)
        : EncodedStream(consumer)
    {
    }
    int open(const AVCodec* encoder, int sampleRate, int channels);
    int write(std::span<const float> interleaved);
    /// Encodes the rest.
    int flush();

private:
    void store(std::size_t position, std::size_t channel, float value);
    int sendBlock();

    int m_block = 0; ///< samples a channel that are encoded at once
    int m_filled = 0; ///< samples a channel that wait in m_frame
    std::int64_t m_samples = 0;
};

} // namespace lipsync::media

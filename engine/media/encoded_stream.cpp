// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/encoded_stream.h"

#include <algorithm>
#include <cmath>
#include <string>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
}

namespace lipsync::media {
namespace {

// 4 bits a sample keep speech and music of one voice transparent in AAC-LC; 192 kbit/s is the usual ceiling.
constexpr std::int64_t kBitsPerSample = 4;
constexpr std::int64_t kHighestBitRate = 192'000;

int evenAbove(int size)
{
    return size + size % 2;
}

} // namespace

int EncodedStream::openStream(const AVCodec* encoder, AVDictionary** options)
{
    m_packet.reset(av_packet_alloc());
    m_frame.reset(av_frame_alloc());
    m_stream = avformat_new_stream(&m_container, nullptr);
    if (!m_packet || !m_frame || m_stream == nullptr)
        return AVERROR(ENOMEM);
    if ((m_container.oformat->flags & AVFMT_GLOBALHEADER) != 0)
        m_codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (const int code = avcodec_open2(m_codec.get(), encoder, options); code < 0)
        return code;
    m_stream->time_base = m_codec->time_base;
    return avcodec_parameters_from_context(m_stream->codecpar, m_codec.get());
}

int EncodedStream::send(const AVFrame* frame)
{
    int code = avcodec_send_frame(m_codec.get(), frame);
    while (code >= 0) {
        code = avcodec_receive_packet(m_codec.get(), m_packet.get());
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
            return 0;
        if (code < 0)
            return code;
        m_packet->stream_index = m_stream->index;
        if (m_codec->codec_type == AVMEDIA_TYPE_VIDEO)
            m_packet->duration = 1;
        av_packet_rescale_ts(m_packet.get(), m_codec->time_base, m_stream->time_base);
        code = av_interleaved_write_frame(&m_container, m_packet.get());
        // A full disk shows first in the file's buffer, not in the packet's result.
        if (code >= 0 && m_container.pb->error < 0)
            code = m_container.pb->error;
    }
    return code;
}

int PictureStream::open(const AVCodec* encoder, const VideoOptions& options)
{
    m_codec.reset(avcodec_alloc_context3(encoder));
    if (!m_codec)
        return AVERROR(ENOMEM);
    const AVPixelFormat format = options.fullChroma ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_YUV420P;
    m_codec->width = options.fullChroma ? options.width : evenAbove(options.width);
    m_codec->height = options.fullChroma ? options.height : evenAbove(options.height);
    m_codec->pix_fmt = format;
    m_codec->time_base = {options.frameRateDenominator, options.frameRateNumerator};
    m_codec->framerate = {options.frameRateNumerator, options.frameRateDenominator};
    m_codec->sample_aspect_ratio = {1, 1};
    m_codec->gop_size = options.keyframeInterval;
    m_codec->thread_count = options.threads;
    m_codec->color_range = AVCOL_RANGE_MPEG;
    m_codec->colorspace = AVCOL_SPC_BT709;
    m_codec->color_primaries = AVCOL_PRI_BT709;
    m_codec->color_trc = AVCOL_TRC_BT709;
    // Encoders other than x264 name these differently or lack them; they then keep their own defaults.
    const std::string quality = std::to_string(options.quality);
    (void)av_opt_set(m_codec->priv_data, "preset", options.preset.c_str(), 0);
    (void)av_opt_set(m_codec->priv_data, "forced-idr", "1", 0);
    if (av_opt_set(m_codec->priv_data, "crf", quality.c_str(), 0) < 0)
        (void)av_opt_set(m_codec->priv_data, "cq", quality.c_str(), 0);
    if (const int code = openStream(encoder, nullptr); code < 0)
        return code;
    m_stream->avg_frame_rate = m_codec->framerate;
    m_frame->format = format;
    m_frame->width = m_codec->width;
    m_frame->height = m_codec->height;
    m_frame->color_range = m_codec->color_range;
    m_frame->colorspace = m_codec->colorspace;
    m_frame->color_primaries = m_codec->color_primaries;
    m_frame->color_trc = m_codec->color_trc;
    if (const int code = av_frame_get_buffer(m_frame.get(), 0); code < 0)
        return code;
    return m_converter.open(options.width, options.height, format);
}

int PictureStream::write(const cv::Mat& bgr)
{
    int code = av_frame_make_writable(m_frame.get());
    if (code >= 0)
        code = m_converter.convert(bgr, *m_frame);
    if (code < 0)
        return code;
    // Key frames that the encoder finds useful elsewhere must not move those that readers count on.
    m_frame->pict_type = m_frames % m_codec->gop_size == 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    m_frame->pts = m_frames++;
    return send(m_frame.get());
}

int SoundStream::open(const AVCodec* encoder, int sampleRate, int channels)
{
    m_codec.reset(avcodec_alloc_context3(encoder));
    if (!m_codec)
        return AVERROR(ENOMEM);
    m_codec->sample_fmt = AV_SAMPLE_FMT_FLTP;
    m_codec->sample_rate = sampleRate;
    av_channel_layout_default(&m_codec->ch_layout, channels);
    m_codec->bit_rate = std::min(kHighestBitRate, kBitsPerSample * sampleRate * channels);
    m_codec->time_base = {1, sampleRate};
    if (const int code = openStream(encoder, nullptr); code < 0)
        return code;
    m_frame->format = m_codec->sample_fmt;
    m_frame->sample_rate = sampleRate;
    m_frame->nb_samples = m_codec->frame_size;
    if (const int code = av_channel_layout_copy(&m_frame->ch_layout, &m_codec->ch_layout); code < 0)
        return code;
    return av_frame_get_buffer(m_frame.get(), 0);
}

int SoundStream::write(std::span<const float> interleaved)
{
    const auto channels = static_cast<std::size_t>(m_codec->ch_layout.nb_channels);
    for (std::size_t position = 0; position < interleaved.size();) {
        if (m_filled == 0) {
            m_frame->nb_samples = m_codec->frame_size;
            if (const int code = av_frame_make_writable(m_frame.get()); code < 0)
                return code;
        }
        const std::size_t count = std::min((interleaved.size() - position) / channels,
                                           static_cast<std::size_t>(m_codec->frame_size - m_filled));
        for (std::size_t c = 0; c < channels; ++c) {
            float* plane = reinterpret_cast<float*>(m_frame->data[c]) + m_filled;
            for (std::size_t i = 0; i < count; ++i) {
                const float value = interleaved[position + i * channels + c];
                plane[i] = std::isfinite(value) ? value : 0.0F;
            }
        }
        position += count * channels;
        m_filled += static_cast<int>(count);
        if (m_filled == m_codec->frame_size) {
            if (const int code = sendBlock(); code < 0)
                return code;
        }
    }
    return 0;
}

int SoundStream::flush()
{
    if (m_filled > 0) {
        if (const int code = sendBlock(); code < 0)
            return code;
    }
    return send(nullptr);
}

int SoundStream::sendBlock()
{
    m_frame->nb_samples = m_filled;
    m_frame->pts = m_samples;
    m_samples += m_filled;
    m_filled = 0;
    return send(m_frame.get());
}

} // namespace lipsync::media

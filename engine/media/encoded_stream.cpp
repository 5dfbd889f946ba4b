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

// 4 bits a sample keep speech and music of one voice transparent in AAC-LC, 2 in Opus; 192 kbit/s is the usual ceiling.
constexpr std::int64_t kAacBitsPerSample = 4, kOpusBitsPerSample = 2;
constexpr std::int64_t kHighestBitRate = 192'000;
constexpr int kUncompressedBlock = 1024; // samples a channel of one packet
constexpr int kWorstH264 = 51, kWorstVp9 = 63; // of the two scales of quality
constexpr double kLargest16Bit = 32767;

int evenAbove(int size)
{
    return size + size % 2;
}

AVPixelFormat pixelFormat(const VideoOptions& options)
{
    if (options.format == VideoFormat::ProRes)
        return AV_PIX_FMT_YUV422P10;
    return options.fullChroma ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_YUV420P;
}

// Encoders other than x264 name these differently or lack them; they then keep their own defaults.
void setH264Options(AVCodecContext& codec, const VideoOptions& options)
{
    const std::string quality = std::to_string(options.quality);
    (void)av_opt_set(codec.priv_data, "preset", options.preset.c_str(), 0);
    (void)av_opt_set(codec.priv_data, "forced-idr", "1", 0);
    if (av_opt_set(codec.priv_data, "crf", quality.c_str(), 0) < 0)
        (void)av_opt_set(codec.priv_data, "cq", quality.c_str(), 0);
}

void setVp9Options(AVCodecContext& codec, const VideoOptions& options)
{
    codec.bit_rate = 0; // the quality alone decides
    (void)av_opt_set_int(codec.priv_data, "crf", options.quality * kWorstVp9 / kWorstH264, 0);
    (void)av_opt_set(codec.priv_data, "deadline", "good", 0);
    constexpr int kFastest = 5; // of the good ones: a third of the time of the default
    (void)av_opt_set_int(codec.priv_data, "cpu-used", kFastest, 0);
}

void setProResOptions(AVCodecContext& codec)
{
    (void)av_opt_set(codec.priv_data, "profile", "hq", 0);
    (void)av_opt_set(codec.priv_data, "vendor", "apl0", 0);
}

} // namespace

int EncodedStream::openCodec(const AVCodec* encoder)
{
    m_packet.reset(av_packet_alloc());
    m_frame.reset(av_frame_alloc());
    if (!m_packet || !m_frame)
        return AVERROR(ENOMEM);
    // Every container that we write keeps an encoder's parameters in its header.
    m_codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    return avcodec_open2(m_codec.get(), encoder, nullptr);
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
        if (m_codec->codec_type == AVMEDIA_TYPE_VIDEO)
            m_packet->duration = 1;
        code = m_consumer.take(*m_packet, *m_codec);
    }
    return code;
}

int PictureStream::open(const AVCodec* encoder, const VideoOptions& options)
{
    m_codec.reset(avcodec_alloc_context3(encoder));
    if (!m_codec)
        return AVERROR(ENOMEM);
    const AVPixelFormat format = pixelFormat(options);
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
    if (options.format == VideoFormat::Mp4)
        setH264Options(*m_codec, options);
    else if (options.format == VideoFormat::WebM)
        setVp9Options(*m_codec, options);
    else
        setProResOptions(*m_codec);
    if (const int code = openCodec(encoder); code < 0)
        return code;
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
    m_codec->sample_fmt = encoder->sample_fmts != nullptr ? encoder->sample_fmts[0] : AV_SAMPLE_FMT_FLTP;
    if (encoder->id == AV_CODEC_ID_OPUS)
        m_codec->sample_fmt = AV_SAMPLE_FMT_FLT;
    m_codec->sample_rate = sampleRate;
    av_channel_layout_default(&m_codec->ch_layout, channels);
    const auto bits = encoder->id == AV_CODEC_ID_OPUS ? kOpusBitsPerSample : kAacBitsPerSample;
    m_codec->bit_rate = std::min(kHighestBitRate, bits * sampleRate * channels);
    m_codec->time_base = {1, sampleRate};
    if (const int code = openCodec(encoder); code < 0)
        return code;
    m_block = m_codec->frame_size > 0 ? m_codec->frame_size : kUncompressedBlock;
    m_frame->format = m_codec->sample_fmt;
    m_frame->sample_rate = sampleRate;
    m_frame->nb_samples = m_block;
    if (const int code = av_channel_layout_copy(&m_frame->ch_layout, &m_codec->ch_layout); code < 0)
        return code;
    return av_frame_get_buffer(m_frame.get(), 0);
}

int SoundStream::write(std::span<const float> interleaved)
{
    const auto channels = static_cast<std::size_t>(m_codec->ch_layout.nb_channels);
    for (std::size_t position = 0; position < interleaved.size();) {
        if (m_filled == 0) {
            m_frame->nb_samples = m_block;
            if (const int code = av_frame_make_writable(m_frame.get()); code < 0)
                return code;
        }
        const std::size_t count =
            std::min((interleaved.size() - position) / channels, static_cast<std::size_t>(m_block - m_filled));
        for (std::size_t c = 0; c < channels; ++c) {
            for (std::size_t i = 0; i < count; ++i) {
                const float value = interleaved[position + i * channels + c];
                store(static_cast<std::size_t>(m_filled) + i, c, std::isfinite(value) ? value : 0.0F);
            }
        }
        position += count * channels;
        m_filled += static_cast<int>(count);
        if (m_filled == m_block) {
            if (const int code = sendBlock(); code < 0)
                return code;
        }
    }
    return 0;
}

void SoundStream::store(std::size_t position, std::size_t channel, float value)
{
    const auto channels = static_cast<std::size_t>(m_codec->ch_layout.nb_channels);
    const std::size_t interleaved = position * channels + channel;
    switch (m_codec->sample_fmt) {
    case AV_SAMPLE_FMT_S16:
        reinterpret_cast<std::int16_t*>(m_frame->data[0])[interleaved] = static_cast<std::int16_t>(
            std::lround(std::clamp(value * (kLargest16Bit + 1), -kLargest16Bit - 1, kLargest16Bit)));
        return;
    case AV_SAMPLE_FMT_FLT:
        reinterpret_cast<float*>(m_frame->data[0])[interleaved] = value;
        return;
    default:
        reinterpret_cast<float*>(m_frame->data[channel])[position] = value;
    }
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

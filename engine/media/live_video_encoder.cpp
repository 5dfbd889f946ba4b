// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/live_video_encoder.h"

#include "media/colour_conversion.h"
#include "media/ffmpeg_handles.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace lipsync::media {

namespace {

tl::unexpected<Error> failed(int code)
{
    char words[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(code, words, sizeof words);
    return failure(ErrorCode::Resource, "A live picture could not be encoded as H.264.", words);
}

int evenAbove(int size)
{
    return size + size % 2;
}

} // namespace

class LiveVideoEncoder::Impl {
public:
    int open(const LiveVideoOptions& options);
    Result<AccessUnit> encode(const cv::Mat& bgr, bool isKeyFrame);

private:
    CodecContextPointer m_codec;
    FramePointer m_frame;
    PacketPointer m_packet;
    BgrToFrame m_converter;
    std::int64_t m_frames = 0;
};

int LiveVideoEncoder::Impl::open(const LiveVideoOptions& options)
{
    const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
    if (!encoder)
        return AVERROR_ENCODER_NOT_FOUND;
    m_codec.reset(avcodec_alloc_context3(encoder));
    m_frame.reset(av_frame_alloc());
    m_packet.reset(av_packet_alloc());
    if (!m_codec || !m_frame || !m_packet)
        return AVERROR(ENOMEM);
    m_codec->width = evenAbove(options.width);
    m_codec->height = evenAbove(options.height);
    m_codec->pix_fmt = AV_PIX_FMT_YUV420P;
    m_codec->time_base = {options.frameRateDenominator, options.frameRateNumerator};
    m_codec->framerate = {options.frameRateNumerator, options.frameRateDenominator};
    m_codec->sample_aspect_ratio = {1, 1};
    m_codec->gop_size = options.keyframeInterval;
    m_codec->max_b_frames = 0;
    m_codec->thread_count = 1;
    m_codec->color_range = AVCOL_RANGE_MPEG;
    m_codec->colorspace = AVCOL_SPC_BT709;
    m_codec->color_primaries = AVCOL_PRI_BT709;
    m_codec->color_trc = AVCOL_TRC_BT709;
    (void)av_opt_set(m_codec->priv_data, "preset", "veryfast", 0);
    (void)av_opt_set(m_codec->priv_data, "tune", "zerolatency", 0);
    (void)av_opt_set(m_codec->priv_data, "forced-idr", "1", 0);
    (void)av_opt_set(m_codec->priv_data, "crf", std::to_string(options.quality).c_str(), 0);
    if (const int code = avcodec_open2(m_codec.get(), encoder, nullptr); code < 0)
        return code;
    m_frame->format = m_codec->pix_fmt;
    m_frame->width = m_codec->width;
    m_frame->height = m_codec->height;
    m_frame->color_range = m_codec->color_range;
    m_frame->colorspace = m_codec->colorspace;
    m_frame->color_primaries = m_codec->color_primaries;
    m_frame->color_trc = m_codec->color_trc;
    if (const int code = av_frame_get_buffer(m_frame.get(), 0); code < 0)
        return code;
    return m_converter.open(options.width, options.height, m_codec->pix_fmt);
}

Result<AccessUnit> LiveVideoEncoder::Impl::encode(const cv::Mat& bgr, bool isKeyFrame)
{
    int code = av_frame_make_writable(m_frame.get());
    if (code >= 0)
        code = m_converter.convert(bgr, *m_frame);
    if (code < 0)
        return failed(code);
    m_frame->pict_type = isKeyFrame ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    m_frame->pts = m_frames++;
    code = avcodec_send_frame(m_codec.get(), m_frame.get());
    if (code >= 0)
        code = avcodec_receive_packet(m_codec.get(), m_packet.get());
    if (code < 0)
        return failed(code);
    AccessUnit unit{
        std::string(reinterpret_cast<const char*>(m_packet->data), static_cast<std::size_t>(m_packet->size)),
        (m_packet->flags & AV_PKT_FLAG_KEY) != 0};
    av_packet_unref(m_packet.get());
    return unit;
}

LiveVideoEncoder::LiveVideoEncoder(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

LiveVideoEncoder::~LiveVideoEncoder() = default;

Result<std::unique_ptr<LiveVideoEncoder>> LiveVideoEncoder::create(const LiveVideoOptions& options)
{
    auto impl = std::make_unique<Impl>();
    if (const int code = impl->open(options); code < 0)
        return failed(code);
    return std::unique_ptr<LiveVideoEncoder>(new LiveVideoEncoder(std::move(impl)));
}

Result<AccessUnit> LiveVideoEncoder::encode(const cv::Mat& bgr, bool isKeyFrame)
{
    return m_impl->encode(bgr, isKeyFrame);
}

} // namespace lipsync::media

// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/colour_conversion.h"

#include <array>
#include <cstring>

#include <opencv2/core.hpp>

extern "C" {
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

namespace lipsync::media {
namespace {

constexpr int kUnity = 1 << 16; // swscale's fixed point 1.0
constexpr int kLargestSdHeight = 576; // PAL

constexpr int wholeVectors(int bytes)
{
    constexpr int kVector = 64;
    return (bytes + kVector - 1) / kVector * kVector;
}

struct Conversion {
    int width;
    int height;
    AVPixelFormat from;
    AVPixelFormat to;
    int flags;
    int matrix; ///< swscale's number of the YUV side's matrix
    bool fromFullRange;
    bool toFullRange;
};

int openScaler(ScalerPointer& scaler, const Conversion& conversion)
{
    scaler.reset(sws_alloc_context());
    SwsContext* context = scaler.get();
    if (context == nullptr)
        return AVERROR(ENOMEM);
    av_opt_set_int(context, "srcw", conversion.width, 0);
    av_opt_set_int(context, "srch", conversion.height, 0);
    av_opt_set_int(context, "dstw", conversion.width, 0);
    av_opt_set_int(context, "dsth", conversion.height, 0);
    av_opt_set_int(context, "src_format", conversion.from, 0);
    av_opt_set_int(context, "dst_format", conversion.to, 0);
    av_opt_set_int(context, "sws_flags", conversion.flags, 0);
    const int* matrix = sws_getCoefficients(conversion.matrix);
    const int code = sws_setColorspaceDetails(context, matrix, conversion.fromFullRange ? 1 : 0, matrix,
                                              conversion.toFullRange ? 1 : 0, 0, kUnity, kUnity);
    // Negative means "no matrix between these formats" (RGB to RGB), which is no failure.
    (void)code;
    return sws_init_context(context, nullptr, nullptr);
}

// Widths are in samples of `bytes` bytes.
void repeatLastColumn(AVFrame& frame, int width, int height, int bytes)
{
    for (int y = 0; y < height; ++y) {
        std::uint8_t* row = frame.data[0] + static_cast<std::ptrdiff_t>(y) * frame.linesize[0];
        for (int x = width; x < frame.width; ++x)
            std::memcpy(row + static_cast<std::ptrdiff_t>(x) * bytes,
                        row + static_cast<std::ptrdiff_t>(width - 1) * bytes, static_cast<std::size_t>(bytes));
    }
}

void repeatLastRow(AVFrame& frame, int plane, int height)
{
    std::uint8_t* last = frame.data[plane] + static_cast<std::ptrdiff_t>(height - 1) * frame.linesize[plane];
    for (int y = height; y < frame.height; ++y)
        std::memcpy(frame.data[plane] + static_cast<std::ptrdiff_t>(y) * frame.linesize[plane], last,
                    static_cast<std::size_t>(frame.linesize[plane]));
}

// The deprecated "J" formats are the plain ones in full range; swscale warns about them.
AVPixelFormat withoutRangeInName(AVPixelFormat format)
{
    switch (format) {
    case AV_PIX_FMT_YUVJ420P:
        return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P:
        return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P:
        return AV_PIX_FMT_YUV444P;
    case AV_PIX_FMT_YUVJ440P:
        return AV_PIX_FMT_YUV440P;
    default:
        return format;
    }
}

int matrixOf(AVColorSpace matrix, int height)
{
    switch (matrix) {
    case AVCOL_SPC_BT709:
        return SWS_CS_ITU709;
    case AVCOL_SPC_FCC:
        return SWS_CS_FCC;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
        return SWS_CS_ITU601;
    case AVCOL_SPC_SMPTE240M:
        return SWS_CS_SMPTE240M;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        return SWS_CS_BT2020;
    default:
        return height > kLargestSdHeight ? SWS_CS_ITU709 : SWS_CS_ITU601;
    }
}

} // namespace

int BgrToFrame::open(int width, int height, AVPixelFormat format)
{
    m_width = width;
    m_height = height;
    const bool toRgb = format == AV_PIX_FMT_RGB24;
    return openScaler(m_scaler,
                      {width, height, AV_PIX_FMT_BGR24, format, SWS_AREA | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP,
                       SWS_CS_ITU709, true, toRgb});
}

int BgrToFrame::convert(const cv::Mat& bgr, AVFrame& frame) const
{
    const std::array<const std::uint8_t*, 4> source{bgr.data, nullptr, nullptr, nullptr};
    const std::array<int, 4> steps{static_cast<int>(bgr.step[0]), 0, 0, 0};
    const int rows = sws_scale(m_scaler.get(), source.data(), steps.data(), 0, m_height, frame.data, frame.linesize);
    if (rows < 0)
        return rows;
    // Chroma of 4:2:0 is rounded up to whole pairs already; only what is at full resolution can lack a column or row.
    const AVPixFmtDescriptor& format = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
    if (frame.width > m_width)
        repeatLastColumn(frame, m_width, m_height, format.comp[0].step);
    if (frame.height > m_height) {
        const int planes =
            format.log2_chroma_h == 0 ? av_pix_fmt_count_planes(static_cast<AVPixelFormat>(frame.format)) : 1;
        for (int plane = 0; plane < planes; ++plane)
            repeatLastRow(frame, plane, m_height);
    }
    return 0;
}

int FrameToBgr::convert(const AVFrame& frame, cv::Mat& bgr)
{
    if (m_scaler == nullptr || frame.width != m_width || frame.height != m_height || frame.format != m_format ||
        frame.colorspace != m_matrix || frame.color_range != m_range) {
        if (const int code = open(frame); code < 0)
            return code;
    }
    bgr.create(frame.height, frame.width, CV_8UC3);
    std::array<std::uint8_t*, 4> target{bgr.data};
    std::array<int, 4> steps{static_cast<int>(bgr.step[0])};
    const bool isPlanar = !m_planes.front().empty();
    for (std::size_t i = 0; isPlanar && i < m_planes.size(); ++i) {
        target[i] = m_planes[i].data;
        steps[i] = static_cast<int>(m_planes[i].step[0]);
    }
    const int rows =
        sws_scale(m_scaler.get(), frame.data, frame.linesize, 0, frame.height, target.data(), steps.data());
    if (rows < 0)
        return rows;
    if (isPlanar)
        cv::merge(std::array{m_planes[1], m_planes[0], m_planes[2]}, bgr);
    return 0;
}

int FrameToBgr::open(const AVFrame& frame)
{
    m_width = frame.width;
    m_height = frame.height;
    m_format = frame.format;
    m_matrix = frame.colorspace;
    m_range = frame.color_range;
    const auto named = static_cast<AVPixelFormat>(frame.format);
    const AVPixelFormat format = withoutRangeInName(named);
    const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
    const bool isRgb = description != nullptr && (description->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    const bool fullRange = isRgb || format != named || m_range == AVCOL_RANGE_JPEG;
    // Into planes swscale interpolates chroma between rows, with vectors; into packed pixels it takes the nearest row,
    // one pixel at a time.
    constexpr int kWithChroma = 3; // components at least
    const bool isPlanar = description != nullptr && description->nb_components >= kWithChroma &&
        (description->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) == 0;
    for (cv::Mat& plane : m_planes)
        plane = isPlanar ? cv::Mat(m_height, wholeVectors(m_width), CV_8UC1).colRange(0, m_width) : cv::Mat();
    return openScaler(m_scaler,
                      {m_width, m_height, format, isPlanar ? AV_PIX_FMT_GBRP : AV_PIX_FMT_BGR24,
                       SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, matrixOf(m_matrix, m_height), fullRange,
                       true});
}

} // namespace lipsync::media

// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/picture_filter.h"

#include <string>

#include <fmt/format.h>

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/mathematics.h>
#include <libavutil/pixdesc.h>
}

namespace lipsync::media {
namespace {

constexpr const char* kDeinterlace = "bwdif=mode=send_frame:deint=interlaced";

// Graphics white of ITU-R BT.2408 (203 cd/m²) becomes 1; what is brighter, up to 1000 cd/m², is rolled off, and
// below a third of white (skin) nothing changes.
constexpr const char* kToneMap = "zscale=transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=bt709,"
                                 "tonemap=tonemap=mobius:peak=4.93:desat=0,"
                                 "zscale=transfer=bt709:matrix=bt709:range=limited,format=yuv420p";

bool isInterlacedOrder(AVFieldOrder order)
{
    return order == AV_FIELD_TT || order == AV_FIELD_BB || order == AV_FIELD_TB || order == AV_FIELD_BT;
}

bool isHighRange(AVColorTransferCharacteristic transfer)
{
    return transfer == AVCOL_TRC_SMPTE2084 || transfer == AVCOL_TRC_ARIB_STD_B67;
}

std::string chainFor(PictureFilter::Needs needs)
{
    std::string chain = needs.deinterlacing ? kDeinterlace : "";
    if (needs.toneMapping)
        chain += (chain.empty() ? "" : ",") + std::string(kToneMap);
    return chain;
}

// PQ and HLG are defined with the colours of BT.2020; files often leave that out.
void nameColours(AVFrame& picture)
{
    if (picture.color_primaries == AVCOL_PRI_UNSPECIFIED)
        picture.color_primaries = AVCOL_PRI_BT2020;
    if (picture.colorspace == AVCOL_SPC_UNSPECIFIED)
        picture.colorspace = AVCOL_SPC_BT2020_NCL;
    if (picture.color_range == AVCOL_RANGE_UNSPECIFIED)
        picture.color_range = AVCOL_RANGE_MPEG;
}

} // namespace

PictureFilter::Needs PictureFilter::needsOf(const AVFrame& picture, const AVCodecParameters& stream)
{
    Needs needs;
    needs.deinterlacing = picture.interlaced_frame != 0 || isInterlacedOrder(stream.field_order);
    needs.toneMapping = isHighRange(picture.color_trc) || isHighRange(stream.color_trc);
    return needs;
}

int PictureFilter::open(const AVFrame& first, AVRational timeBase, Needs needs)
{
    m_timeBase = timeBase;
    m_isHighRange = needs.toneMapping;
    m_graph.reset(avfilter_graph_alloc());
    if (!m_graph)
        return AVERROR(ENOMEM);
    m_graph->nb_threads = 1;
    const AVRational aspect = first.sample_aspect_ratio.num > 0 ? first.sample_aspect_ratio : AVRational{1, 1};
    const std::string source =
        fmt::format("video_size={}x{}:pix_fmt={}:time_base={}/{}:pixel_aspect={}/{}", first.width, first.height,
                    first.format, timeBase.num, timeBase.den, aspect.num, aspect.den);
    int code = avfilter_graph_create_filter(&m_source, avfilter_get_by_name("buffer"), "source", source.c_str(),
                                            nullptr, m_graph.get());
    if (code >= 0)
        code = avfilter_graph_create_filter(&m_sink, avfilter_get_by_name("buffersink"), "sink", nullptr, nullptr,
                                            m_graph.get());
    if (code < 0)
        return code;
    // Named from the chain's point of view: what flows out of our source is its input.
    AVFilterInOut* from = avfilter_inout_alloc();
    AVFilterInOut* into = avfilter_inout_alloc();
    if (from == nullptr || into == nullptr) {
        code = AVERROR(ENOMEM);
    } else {
        *from = {av_strdup("in"), m_source, 0, nullptr};
        *into = {av_strdup("out"), m_sink, 0, nullptr};
        code = avfilter_graph_parse_ptr(m_graph.get(), chainFor(needs).c_str(), &into, &from, nullptr);
    }
    avfilter_inout_free(&from);
    avfilter_inout_free(&into);
    return code < 0 ? code : avfilter_graph_config(m_graph.get(), nullptr);
}

int PictureFilter::push(AVFrame* picture)
{
    if (picture != nullptr && m_isHighRange)
        nameColours(*picture);
    return av_buffersrc_add_frame(m_source, picture);
}

int PictureFilter::pull(AVFrame& picture)
{
    const int code = av_buffersink_get_frame(m_sink, &picture);
    if (code >= 0 && picture.pts != AV_NOPTS_VALUE)
        picture.pts = av_rescale_q(picture.pts, av_buffersink_get_time_base(m_sink), m_timeBase);
    return code < 0 ? code : 0;
}

} // namespace lipsync::media

// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/picture_decoder.h"

#include "media/ffmpeg_log.h"

#include <new>
#include <utility>

namespace lipsync::media {

namespace {

tl::unexpected<DecodeProblem> problem(const char* how, int code)
{
    return tl::unexpected<DecodeProblem>(DecodeProblem{how, code});
}

} // namespace

PictureDecoder::PictureDecoder()
    : m_packet(av_packet_alloc())
    , m_frame(av_frame_alloc())
{
    if (!m_packet || !m_frame)
        throw std::bad_alloc();
}

void PictureDecoder::readFrom(InputFile& input)
{
    m_input = &input;
    m_isWaiting = false;
    m_isFed = false;
    m_readError = 0;
    av_frame_unref(m_frame.get());
}

void PictureDecoder::flush()
{
    avcodec_flush_buffers(m_input->codec.get());
    readFrom(*m_input);
}

tl::expected<bool, DecodeProblem> PictureDecoder::next()
{
    if (std::exchange(m_isWaiting, false))
        return true;
    listenToFfmpeg();
    while (true) {
        const int code = avcodec_receive_frame(m_input->codec.get(), m_frame.get());
        if (code == 0) {
            if (m_frame->decode_error_flags != 0 || (m_frame->flags & AV_FRAME_FLAG_CORRUPT) != 0)
                return problem("is damaged", AVERROR_INVALIDDATA);
            return true;
        }
        if (code == AVERROR_EOF && m_readError != 0)
            return problem("ends early", m_readError);
        if (code == AVERROR_EOF)
            return false;
        if (code != AVERROR(EAGAIN))
            return problem("is damaged", code);
        if (const auto fed = feed(); !fed)
            return tl::unexpected<DecodeProblem>(fed.error());
    }
}

tl::expected<void, DecodeProblem> PictureDecoder::feed()
{
    int code = 0;
    do {
        av_packet_unref(m_packet.get());
        code = av_read_frame(m_input->format.get(), m_packet.get());
    } while (code >= 0 && m_packet->stream_index != m_input->stream->index);
    if (code < 0) {
        m_readError = code == AVERROR_EOF ? 0 : code;
        if (!std::exchange(m_isFed, true))
            (void)avcodec_send_packet(m_input->codec.get(), nullptr);
        return {};
    }
    // A QuickTime file says where its pictures lie; what is not there was cut off.
    const bool isCut = m_input->isQuickTime() && (m_packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
    const int sent = isCut ? AVERROR_EOF : avcodec_send_packet(m_input->codec.get(), m_packet.get());
    av_packet_unref(m_packet.get());
    if (sent < 0)
        return problem(isCut ? "ends early" : "is damaged", sent);
    return {};
}

} // namespace lipsync::media

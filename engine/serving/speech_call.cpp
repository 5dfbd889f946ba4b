// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/speech_call.h"

#include <optional>
#include <utility>

namespace lipsync::serving {

namespace {

std::optional<FrameFormat> formatOf(own::FrameFormat format)
{
    switch (format) {
    case own::FRAME_FORMAT_JPEG:
        return FrameFormat::Jpeg;
    case own::FRAME_FORMAT_RAW:
        return FrameFormat::Raw;
    case own::FRAME_FORMAT_H264:
        return FrameFormat::H264;
    default:
        return {};
    }
}

std::int32_t microseconds(Duration duration)
{
    return static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

} // namespace

void SpeechCall::received(own::SpeakRequest request)
{
    ticket().record().bytesIn += request.ByteSizeLong();
    if (const auto answered = answer(request); !answered) {
        if (m_session)
            m_session->close();
        return finish(answered);
    }
    readIfRoom();
}

Answer<void> SpeechCall::answer(const own::SpeakRequest& request)
{
    switch (request.request_case()) {
    case own::SpeakRequest::kOpen:
        return open(request.open());
    case own::SpeakRequest::kSound:
        if (!m_session)
            return fault(FaultKind::BadRequest, "A session is opened before sound is sent.");
        return m_session->take(request.sound());
    case own::SpeakRequest::kInterrupt:
        interrupt();
        break;
    case own::SpeakRequest::kFinish:
        if (m_session)
            m_session->finish();
        break;
    case own::SpeakRequest::REQUEST_NOT_SET:
        break;
    }
    return {};
}

Answer<void> SpeechCall::open(const own::OpenSession& request)
{
    ticket().record().avatar = request.avatar();
    if (m_session)
        return fault(FaultKind::BadRequest, "The session is open already.");
    const auto format = formatOf(request.frame_format());
    if (!format || !own::SampleFormat_IsValid(request.sample_format()))
        return fault(FaultKind::BadRequest, "There is no such frame or sample format.");
    auto session =
        SpeakingSession::open(parts(), strand(),
                              {request.avatar(), *format, request.sample_format() == own::SAMPLE_FORMAT_FLOAT32,
                               request.jpeg_quality(), request.mouth_only()},
                              ticket().record(), std::static_pointer_cast<SpeechCall>(shared_from_this()));
    if (!session)
        return tl::unexpected(session.error());
    m_session = std::move(*session);
    m_mouthOnly = request.mouth_only();
    const auto& manifest = m_session->manifest();
    own::SpeakResponse response;
    auto& opened = *response.mutable_opened();
    opened.set_width(m_session->width());
    opened.set_height(m_session->height());
    opened.set_frame_rate_numerator(manifest.frameRateNumerator);
    opened.set_frame_rate_denominator(manifest.frameRateDenominator);
    opened.set_template_frames(manifest.frameCount);
    write(std::move(response));
    return {};
}

void SpeechCall::interrupt()
{
    const auto utterance = m_session ? m_session->interrupt() : std::nullopt;
    if (!utterance)
        return;
    own::SpeakResponse response;
    response.mutable_interrupted()->set_utterance(*utterance);
    write(std::move(response));
}

std::int64_t SpeechCall::takeBack()
{
    std::int64_t frames = 0;
    for (auto& response : takeUnwritten()) {
        if (response.has_frame())
            ++frames;
        else
            write(std::move(response));
    }
    return frames;
}

void SpeechCall::inputEnded()
{
    if (!m_session)
        return finish();
    m_session->finish();
}

void SpeechCall::draining()
{
    if (!m_session)
        return finish(fault(FaultKind::Draining, "The server is stopping."));
    m_session->drain();
}

void SpeechCall::cancelled()
{
    if (m_session)
        m_session->close();
}

void SpeechCall::written()
{
    if (m_session)
        m_session->proceed();
    readIfRoom();
}

void SpeechCall::readIfRoom()
{
    if (!m_session || m_session->wantsSound())
        readMore();
}

void SpeechCall::show(SessionFrame frame)
{
    own::SpeakResponse response;
    auto& shown = *response.mutable_frame();
    shown.set_number(frame.number);
    shown.set_time_us(frame.timeUs);
    shown.set_utterance(frame.utterance);
    shown.set_data(std::move(frame.frame.bytes));
    shown.set_is_key_frame(frame.frame.isKeyFrame);
    if (m_mouthOnly)
        shown.mutable_bounds()->Add(frame.frame.bounds.begin(), frame.frame.bounds.end());
    shown.set_queue_us(microseconds(frame.frame.queued));
    shown.set_infer_us(microseconds(frame.frame.computed));
    shown.set_encode_us(microseconds(frame.frame.encoded));
    write(std::move(response));
}

} // namespace lipsync::serving

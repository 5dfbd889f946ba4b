// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/speech_call.h"

#include "serving/audio_chunks.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace lipsync::serving {

namespace {

constexpr std::size_t kPieceSamples = 1600; ///< heard at once: a tenth of a second
constexpr std::size_t kMostMessageSamples = std::size_t{16000} * 60;
constexpr std::size_t kMostWaitingPieces = 300; ///< half a minute of sound; then nothing more is read
constexpr std::size_t kMostUnderWay = 16; ///< frames in the workers
constexpr std::size_t kMostUnwritten = 4; ///< frames that a slow reader has not taken
constexpr int kDefaultQuality = 95, kBestQuality = 100;

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
    Answer<void> done;
    switch (request.request_case()) {
    case own::SpeakRequest::kOpen:
        done = open(request.open());
        break;
    case own::SpeakRequest::kSound:
        done = take(request.sound());
        break;
    case own::SpeakRequest::kInterrupt:
        if (m_frames)
            interrupt();
        break;
    case own::SpeakRequest::kFinish:
        m_isFinished = true;
        if (m_frames)
            endSound();
        break;
    case own::SpeakRequest::REQUEST_NOT_SET:
        break;
    }
    if (!done)
        return end(done);
    readIfRoom();
}

Answer<void> SpeechCall::open(const own::OpenSession& request)
{
    ticket().record().avatar = request.avatar();
    if (m_frames)
        return fault(FaultKind::BadRequest, "The session is open already.");
    const auto format = formatOf(request.frame_format());
    if (!format || request.jpeg_quality() < 0 || request.jpeg_quality() > kBestQuality ||
        !own::SampleFormat_IsValid(request.sample_format()))
        return fault(FaultKind::BadRequest, "There is no such frame or sample format, or quality.");
    auto avatar = parts().shelf.find(request.avatar());
    if (!avatar)
        return tl::unexpected(avatar.error());
    SpokenOptions options;
    options.format = *format;
    options.jpegQuality = request.jpeg_quality() == 0 ? kDefaultQuality : request.jpeg_quality();
    options.mouthOnly = request.mouth_only();
    options.mouths.longestWait = parts().limits.longestWait;
    options.mostUnderWay = kMostUnderWay;
    const auto self = std::static_pointer_cast<SpeechCall>(shared_from_this());
    auto frames =
        SpokenFrames::open(parts().service, strand(), *avatar, options,
                           {[self](SpokenFrame frame) { self->show(std::move(frame)); }, [self] { self->spoken(); },
                            [self](const Fault& fault) { self->end(tl::unexpected(fault)); }});
    if (!frames)
        return tl::unexpected(frames.error());
    m_frames = std::move(*frames);
    m_turn = std::make_unique<SpeechTurns::Turn>(parts().turns, (*avatar)->avatar->model(), kMostUnderWay);
    m_sampleFormat = request.sample_format();
    m_mouthOnly = request.mouth_only();
    const auto& manifest = (*avatar)->manifest();
    m_frameSeconds = 1 / manifest.frameRate();
    own::SpeakResponse response;
    auto& opened = *response.mutable_opened();
    opened.set_width(m_frames->width());
    opened.set_height(m_frames->height());
    opened.set_frame_rate_numerator(manifest.frameRateNumerator);
    opened.set_frame_rate_denominator(manifest.frameRateDenominator);
    opened.set_template_frames(manifest.frameCount);
    write(std::move(response));
    return {};
}

Answer<void> SpeechCall::take(const std::string& sound)
{
    if (!m_frames)
        return fault(FaultKind::BadRequest, "A session is opened before sound is sent.");
    const bool isFloat = m_sampleFormat == own::SAMPLE_FORMAT_FLOAT32;
    const std::size_t sampleBytes = isFloat ? sizeof(float) : sizeof(std::int16_t);
    if (sound.size() % sampleBytes != 0 || sound.size() / sampleBytes > kMostMessageSamples)
        return fault(FaultKind::BadRequest, "A message has whole samples, and a minute of them at most.");
    if (m_isSoundOver) {
        m_isCut |= !m_isFinished;
        return {};
    }
    if (auto may = m_turn->speak(); !may)
        return may;
    const auto samples = isFloat ? samplesOfFloat32(sound) : samplesOfInt16(sound);
    for (std::size_t at = 0; at < samples.size(); at += kPieceSamples) {
        const auto from = samples.begin() + static_cast<std::ptrdiff_t>(at);
        m_sound.emplace_back(from, from + static_cast<std::ptrdiff_t>(std::min(kPieceSamples, samples.size() - at)));
    }
    listen();
    return {};
}

/// Lets the session hear the next piece, as soon as there is room for what it may complete.
void SpeechCall::listen()
{
    if (m_isListening || isFinishing() || !m_frames)
        return;
    if (m_sound.empty() && !m_isSoundOver)
        return;
    if (!m_frames->hasRoom() || unwritten() >= kMostUnwritten)
        return; // the next frame that leaves asks again
    m_isListening = true;
    post([this] {
        m_isListening = false;
        if (isFinishing())
            return;
        if (m_sound.empty()) {
            if (m_isSoundOver)
                m_frames->finish();
            return;
        }
        const auto piece = std::move(m_sound.front());
        m_sound.pop_front();
        m_frames->push(piece);
        readIfRoom();
        listen();
    });
}

void SpeechCall::interrupt()
{
    if (m_isSoundOver)
        return;
    m_sound.clear();
    for (auto& response : takeUnwritten()) {
        if (response.has_frame())
            --m_nextNumber;
        else
            write(std::move(response));
    }
    m_frames->interrupt(m_nextNumber);
    own::SpeakResponse response;
    response.mutable_interrupted()->set_utterance(++m_utterance);
    write(std::move(response));
}

void SpeechCall::endSound()
{
    if (std::exchange(m_isSoundOver, true))
        return;
    listen();
}

void SpeechCall::inputEnded()
{
    m_isFinished = true;
    if (!m_frames)
        return finish();
    endSound();
}

void SpeechCall::draining()
{
    if (!m_frames)
        return finish(fault(FaultKind::Draining, "The server is stopping."));
    endSound(); // what was said is answered
}

/// The last frame of all that was said is out.
void SpeechCall::spoken()
{
    if (m_isFinished && !m_isCut)
        return end({});
    end(fault(FaultKind::Draining, "The server is stopping; all that was said so far is answered."));
}

void SpeechCall::end(const Answer<void>& ended)
{
    if (m_frames)
        m_frames->close(); // it holds on to the call
    finish(ended);
}

void SpeechCall::cancelled()
{
    m_sound.clear();
    if (m_frames)
        m_frames->close();
}

void SpeechCall::written()
{
    if (m_frames)
        m_frames->pump();
    listen();
    readIfRoom();
}

void SpeechCall::readIfRoom()
{
    if (m_sound.size() < kMostWaitingPieces)
        readMore();
}

void SpeechCall::show(SpokenFrame frame)
{
    own::SpeakResponse response;
    auto& shown = *response.mutable_frame();
    shown.set_number(m_nextNumber++);
    shown.set_time_us(std::llround(static_cast<double>(frame.inUtterance) * m_frameSeconds * 1e6));
    shown.set_utterance(m_utterance);
    shown.set_data(std::move(frame.bytes));
    shown.set_is_key_frame(frame.isKeyFrame);
    if (m_mouthOnly)
        shown.mutable_bounds()->Add(frame.bounds.begin(), frame.bounds.end());
    shown.set_queue_us(microseconds(frame.queued));
    shown.set_infer_us(microseconds(frame.computed));
    shown.set_encode_us(microseconds(frame.encoded));
    m_turn->noteFrame();
    auto& record = ticket().record();
    ++record.frames;
    record.queueMs += milliseconds(frame.queued);
    record.computeMs += milliseconds(frame.computed);
    record.encodeMs += milliseconds(frame.encoded);
    write(std::move(response));
    listen();
}

} // namespace lipsync::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/speaking_session.h"

#include "serving/audio_chunks.h"
#include "serving/picture_bytes.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lipsync::serving {

namespace {

constexpr std::size_t kPieceSamples = 1600; ///< heard at once: a tenth of a second
constexpr std::size_t kMostMessageSamples = std::size_t{16000} * 60;
constexpr std::size_t kMostUnderWay = 16; ///< frames in the workers
constexpr int kBestQuality = 100;

} // namespace

SpeakingSession::SpeakingSession(const ServingParts& parts, std::shared_ptr<Strand> strand,
                                 std::shared_ptr<const ServedAvatar> avatar, const SpeakingOptions& options,
                                 CallRecord& record, std::shared_ptr<SpeechCaller> caller)
    : m_strand(std::move(strand))
    , m_avatar(std::move(avatar))
    , m_isFloat(options.isFloat)
    , m_record(record)
    , m_caller(std::move(caller))
    , m_turn(parts.turns, m_avatar->avatar->model(), kMostUnderWay)
{
}

Answer<std::shared_ptr<SpeakingSession>> SpeakingSession::open(const ServingParts& parts,
                                                               std::shared_ptr<Strand> strand,
                                                               const SpeakingOptions& options, CallRecord& record,
                                                               std::shared_ptr<SpeechCaller> caller)
{
    record.avatar = options.avatar;
    if (options.jpegQuality < 0 || options.jpegQuality > kBestQuality)
        return fault(FaultKind::BadRequest, fmt::format("A JPEG has a quality from 1 to {}.", kBestQuality));
    auto avatar = parts.shelf.find(options.avatar);
    if (!avatar)
        return tl::unexpected(avatar.error());
    std::shared_ptr<SpeakingSession> session(
        new SpeakingSession(parts, std::move(strand), *avatar, options, record, std::move(caller)));
    SpokenOptions spoken;
    spoken.format = options.format;
    spoken.jpegQuality = options.jpegQuality == 0 ? kJpegQuality : options.jpegQuality;
    spoken.mouthOnly = options.mouthOnly;
    spoken.mouths.longestWait = parts.limits.longestWait;
    spoken.mostUnderWay = kMostUnderWay;
    auto frames = SpokenFrames::open(parts.service, session->m_strand, *avatar, spoken,
                                     {[session](SpokenFrame frame) { session->show(std::move(frame)); },
                                      [session] { session->spoken(); },
                                      [session](const Fault& fault) { session->end(tl::unexpected(fault)); }});
    if (!frames)
        return tl::unexpected(frames.error());
    session->m_frames = std::move(*frames);
    return session;
}

Answer<void> SpeakingSession::take(std::string_view sound)
{
    const std::size_t sampleBytes = m_isFloat ? sizeof(float) : sizeof(std::int16_t);
    if (sound.size() % sampleBytes != 0 || sound.size() / sampleBytes > kMostMessageSamples)
        return fault(FaultKind::BadRequest, "A message has whole samples, and a minute of them at most.");
    if (!m_caller)
        return {};
    if (m_isSoundOver) {
        m_isCut |= !m_isFinished;
        return {};
    }
    if (auto may = m_turn.speak(); !may)
        return may;
    const auto samples = m_isFloat ? samplesOfFloat32(sound) : samplesOfInt16(sound);
    for (std::size_t at = 0; at < samples.size(); at += kPieceSamples) {
        const auto from = samples.begin() + static_cast<std::ptrdiff_t>(at);
        m_sound.emplace_back(from, from + static_cast<std::ptrdiff_t>(std::min(kPieceSamples, samples.size() - at)));
    }
    if (mayListen())
        hearNext();
    return {};
}

bool SpeakingSession::mayListen() const
{
    if (m_isListening || !m_caller || (m_sound.empty() && !m_isSoundOver))
        return false;
    return m_frames->hasRoom() && m_caller->keepsUp(); // otherwise the next frame that leaves asks again
}

/// Lets the next piece be heard, as soon as there is room for what it may complete and others had their turn.
void SpeakingSession::listen()
{
    if (!mayListen())
        return;
    m_isListening = true;
    m_strand->post([self = shared_from_this()] { self->hearNext(); });
}

void SpeakingSession::hearNext()
{
    m_isListening = false;
    if (!m_caller)
        return;
    if (m_sound.empty()) {
        if (m_isSoundOver)
            m_frames->finish();
        return;
    }
    const auto piece = std::move(m_sound.front());
    m_sound.pop_front();
    m_frames->push(piece);
    if (m_caller)
        m_caller->heard();
    listen();
}

std::optional<std::uint32_t> SpeakingSession::interrupt()
{
    if (m_isSoundOver || !m_caller)
        return {};
    m_sound.clear();
    m_nextNumber -= m_caller->takeBack();
    m_frames->interrupt(m_nextNumber);
    return ++m_utterance;
}

void SpeakingSession::finish()
{
    m_isFinished = true;
    endSound();
}

void SpeakingSession::drain()
{
    endSound();
}

void SpeakingSession::endSound()
{
    if (!std::exchange(m_isSoundOver, true))
        listen();
}

void SpeakingSession::proceed()
{
    m_frames->pump();
    listen();
}

void SpeakingSession::close()
{
    m_caller = nullptr;
    m_sound.clear();
    m_frames->close(); // it holds on to the session
}

void SpeakingSession::show(SpokenFrame frame)
{
    if (!m_caller)
        return;
    m_turn.noteFrame();
    ++m_record.frames;
    m_record.queueMs += milliseconds(frame.queued);
    m_record.computeMs += milliseconds(frame.computed);
    m_record.encodeMs += milliseconds(frame.encoded);
    constexpr double kMicroseconds = 1e6;
    const auto timeUs = std::llround(static_cast<double>(frame.inUtterance) * kMicroseconds / manifest().frameRate());
    m_caller->show({m_nextNumber++, timeUs, m_utterance, std::move(frame)});
    listen();
}

/// The last frame of all that was said is out.
void SpeakingSession::spoken()
{
    if (m_isFinished && !m_isCut)
        return end({});
    end(fault(FaultKind::Draining, "The server is stopping; all that was said so far is answered."));
}

void SpeakingSession::end(const Answer<void>& how)
{
    const auto caller = m_caller;
    close();
    if (caller)
        caller->end(how);
}

} // namespace lipsync::serving

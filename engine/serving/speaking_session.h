// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/serving_parts.h"
#include "serving/spoken_frames.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync::serving {

/// What a caller opens a session with.
struct SpeakingOptions {
    std::string avatar{};
    FrameFormat format = FrameFormat::Jpeg;
    bool isFloat = false; ///< samples are float32, −1 to 1; otherwise 16-bit
    int jpegQuality = 0; ///< 1 to 100; 0 is 95
    bool mouthOnly = false; ///< the redrawn region instead of the whole frame
};

/// A frame of a session.
struct SessionFrame {
    std::int64_t number = 0; ///< of the session, from 0
    std::int64_t timeUs = 0; ///< of the frame within its utterance
    std::uint32_t utterance = 0; ///< grows by one with every interruption
    SpokenFrame frame;
};

/// Frames that a slow reader has not taken, at which no more are made.
inline constexpr std::size_t kMostUnwrittenFrames = 4;

/// Whom a session answers: its call, in whatever protocol. On the session's strand.
class SpeechCaller {
public:
    virtual ~SpeechCaller() = default;
    virtual void show(SessionFrame frame) = 0;
    /// Whether it has fewer than kMostUnwrittenFrames to send; the session's proceed() tells when there is room again.
    virtual bool keepsUp() const = 0;
    /// Forgets the frames that have not begun to leave, and says how many that were.
    virtual std::int64_t takeBack() = 0;
    /// Something that was taken is heard now: there may be room for more sound.
    virtual void heard() = 0;
    /// Once: nothing follows. Fine after the last frame of all that was said.
    virtual void end(const Answer<void>& how) = 0;
};

/// One speaking session of our own protocol, over gRPC or a WebSocket: sound is taken as it comes, heard piece by piece
/// when there is room for what it completes, and its frames are numbered over all utterances. Works on its strand, on
/// which all functions are called. Holds its caller until it has ended or is closed.
class SpeakingSession : public std::enable_shared_from_this<SpeakingSession> {
public:
    /// NotFound, NotReady, or BadRequest for options that make no sense. `record` is the caller's.
    static Answer<std::shared_ptr<SpeakingSession>> open(const ServingParts& parts, std::shared_ptr<Strand> strand,
                                                         const SpeakingOptions& options, CallRecord& record,
                                                         std::shared_ptr<SpeechCaller> caller);

    int width() const { return m_frames->width(); } ///< of its frames
    int height() const { return m_frames->height(); }
    const avatar::AvatarManifest& manifest() const { return m_avatar->manifest(); }

    /// Little-endian samples, 16 kHz mono. BadRequest for a part of one or more than a minute; Overloaded where too many
    /// others speak. The caller ends the session then.
    Answer<void> take(std::string_view sound);
    /// Whether sound may come: less than half a minute of it waits.
    bool wantsSound() const { return m_sound.size() < kMostWaitingPieces; }
    /// What was said and is not shown yet is forgotten. The number of the utterance that follows, or nothing when no
    /// sound can follow.
    std::optional<std::uint32_t> interrupt();
    /// The caller says no more.
    void finish();
    /// The server stops: what was said is answered, more is not.
    void drain();
    /// There is room: goes on.
    void proceed();
    /// Whether something that was said is not shown yet.
    bool isSpeaking() const { return m_caller && (!m_sound.empty() || m_isSoundOver || m_frames->isBusy()); }
    /// Nothing follows; the caller is not told.
    void close();

private:
    static constexpr std::size_t kMostWaitingPieces = 300; ///< half a minute

    SpeakingSession(const ServingParts& parts, std::shared_ptr<Strand> strand,
                    std::shared_ptr<const ServedAvatar> avatar, const SpeakingOptions& options, CallRecord& record,
                    std::shared_ptr<SpeechCaller> caller);
    bool mayListen() const;
    void listen();
    void hearNext();
    void endSound();
    void show(SpokenFrame frame);
    void spoken();
    void end(const Answer<void>& how);

    const std::shared_ptr<Strand> m_strand;
    const std::shared_ptr<const ServedAvatar> m_avatar;
    const bool m_isFloat;
    CallRecord& m_record; ///< lives as long as the caller is held
    std::shared_ptr<SpeechCaller> m_caller; ///< null after the end
    SpeechTurns::Turn m_turn;
    std::shared_ptr<SpokenFrames> m_frames;
    std::deque<std::vector<float>> m_sound; ///< taken and not heard yet, in small pieces
    bool m_isListening = false; ///< a piece is about to be heard
    bool m_isSoundOver = false; ///< no more is taken
    bool m_isFinished = false; ///< by the caller
    bool m_isCut = false; ///< the caller went on when the server already stopped: not all that was said is answered
    std::uint32_t m_utterance = 0;
    std::int64_t m_nextNumber = 0; ///< of the session's next frame
};

} // namespace lipsync::serving

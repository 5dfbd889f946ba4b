// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/pending_stream.h"
#include "serving/spoken_frames.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <lipsync.pb.h>

namespace lipsync::serving {

/// The messages of our own protocol.
namespace own = ::lipsync::v1;

/// lipsync.v1.LipSync/Speak: one session, whose frames are numbered from 0 over all of its utterances.
class SpeechCall final : public PendingStream<own::SpeakRequest, own::SpeakResponse> {
public:
    using PendingStream::PendingStream;

private:
    void received(own::SpeakRequest request) override;
    void inputEnded() override;
    void draining() override;
    void cancelled() override;
    void written() override;

    Answer<void> open(const own::OpenSession& request);
    Answer<void> take(const std::string& sound);
    void interrupt();
    void endSound();
    void listen();
    void readIfRoom();
    void show(SpokenFrame frame);
    void spoken();
    void end(const Answer<void>& ended);

    std::shared_ptr<SpokenFrames> m_frames; ///< null before the session is open
    std::unique_ptr<SpeechTurns::Turn> m_turn; ///< of an open session
    own::SampleFormat m_sampleFormat = own::SAMPLE_FORMAT_INT16;
    bool m_mouthOnly = false;
    double m_frameSeconds = 0;
    std::deque<std::vector<float>> m_sound; ///< taken and not heard yet, in small pieces
    bool m_isListening = false; ///< a piece is about to be heard
    bool m_isSoundOver = false; ///< no more is taken
    bool m_isFinished = false; ///< by the caller
    bool m_isCut = false; ///< the caller went on when the server already stopped: not all that was said is answered
    std::uint32_t m_utterance = 0;
    std::int64_t m_nextNumber = 0; ///< of the session's next frame
};

} // namespace lipsync::serving

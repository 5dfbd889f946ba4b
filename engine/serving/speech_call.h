// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/pending_stream.h"
#include "serving/speaking_session.h"

#include <memory>

#include <lipsync.pb.h>

namespace lipsync::serving {

/// The messages of our own protocol.
namespace own = ::lipsync::v1;

/// lipsync.v1.LipSync/Speak: one session.
class SpeechCall final : public PendingStream<own::SpeakRequest, own::SpeakResponse>, public SpeechCaller {
public:
    using PendingStream::PendingStream;

private:
    void received(own::SpeakRequest request) override;
    void inputEnded() override;
    void draining() override;
    void cancelled() override;
    void written() override;

    void show(SessionFrame frame) override;
    bool keepsUp() const override { return unwritten() < kMostUnwrittenFrames; }
    std::int64_t takeBack() override;
    void heard() override { readIfRoom(); }
    void end(const Answer<void>& how) override { finish(how); }

    Answer<void> answer(const own::SpeakRequest& request);
    Answer<void> open(const own::OpenSession& request);
    void interrupt();
    void readIfRoom();

    std::shared_ptr<SpeakingSession> m_session; ///< null before it is open
    bool m_mouthOnly = false;
};

} // namespace lipsync::serving

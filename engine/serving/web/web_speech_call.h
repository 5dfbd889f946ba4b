// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/speaking_session.h"
#include "serving/web/web_call.h"

#include <memory>
#include <string>
#include <utility>

namespace lipsync::serving {

/// "/speak": one speaking session of our own, as lipsync.v1.LipSync/Speak is over gRPC. See web_speech_messages.h for
/// what is said; what makes no sense ends it.
class WebSpeechCall final : public WebCall, public SpeechCaller {
public:
    static constexpr const char* kMethod = "GET /speak";

    explicit WebSpeechCall(WebCallParts parts)
        : WebCall(std::move(parts), kMethod)
    {
    }

private:
    void take(WebMessage message) override;
    bool wantsMore() const override;
    bool isBusy() const override { return m_session && m_session->isSpeaking(); }
    void proceed() override;
    void drain() override;
    void abandon() override;

    void show(SessionFrame frame) override;
    bool keepsUp() const override { return unwritten() < kMostUnwrittenFrames; }
    std::int64_t takeBack() override { return 0; } // what was handed over is on its way
    void heard() override { readIfRoom(); }
    void end(const Answer<void>& how) override;

    Answer<void> answer(WebMessage message);
    Answer<void> open(const SpeakingOptions& options);

    std::shared_ptr<SpeakingSession> m_session; ///< null before it is open
};

} // namespace lipsync::serving

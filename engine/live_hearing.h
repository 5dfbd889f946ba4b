// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "facade/live_session.h"
#include "live_utterance.h"
#include "silence_gate.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace lipsync {

/// Sound that was pushed into a live session at once, 16 kHz mono.
struct LiveSound {
    std::vector<float> samples;
    TimePoint arrival;
    std::uint64_t interruption = 0; ///< of the session, after which it was pushed
};

/// Cuts live sound into utterances: in a session that idles from shortly before somebody speaks to the silence after
/// it, otherwise all of it up to an interruption. One thread.
class LiveHearing {
public:
    using MakeSession = std::function<Result<std::unique_ptr<session::SpeechSession>>()>;
    /// An utterance has begun and hears its first sound next.
    using Began = std::function<void(std::shared_ptr<LiveUtterance>)>;

    /// `first`: the session of the first utterance; later ones are made while nobody speaks.
    LiveHearing(const LiveOptions& options, double framesPerSecond, std::unique_ptr<session::SpeechSession> first,
                MakeSession makeSession, Began began);

    Status hear(const LiveSound& sound);
    /// No sound follows.
    Status finish();

private:
    void follow(std::uint64_t interruption);
    Status begin();
    Status wait(const LiveSound& sound);
    Status end();
    Status prepare();

    const LiveOptions m_options;
    const double m_framesPerSecond;
    const MakeSession m_makeSession;
    const Began m_began;
    SilenceGate m_gate;
    std::unique_ptr<session::SpeechSession> m_next; ///< of the next utterance
    std::shared_ptr<LiveUtterance> m_utterance; ///< that hears now
    std::deque<LiveSound> m_before; ///< sound in which nobody speaks yet
    std::size_t m_samplesBefore = 0;
    std::uint64_t m_interruption = 0;
};

} // namespace lipsync

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/avatar_shelf.h"
#include "serving/call_gate.h"
#include "serving/speech_turns.h"
#include "serving/task_threads.h"
#include "serving/token_list.h"
#include "session/frame_service.h"

namespace lipsync::serving {

/// Bounds of single calls.
struct CallLimits {
    Duration longestWait{std::chrono::seconds(2)}; ///< predicted, of a frame whose caller sets no deadline
    int mostFrames = 512; ///< of a call that names them all
    int mostStreamed = 32; ///< frames of a stream that are under way
};

/// What the services share; owned by the server. Any thread.
struct ServingParts {
    session::FrameService& service;
    AvatarShelf& shelf;
    TaskThreads& tasks;
    CallGate& gate;
    const TokenList& tokens;
    const CallLimits limits;
    const TimePoint began;
    SpeechTurns& turns;
};

} // namespace lipsync::serving

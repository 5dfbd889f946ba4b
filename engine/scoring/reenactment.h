// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/compositor.h"
#include "avatar/template_frames.h"
#include "base/bounded_queue.h"
#include "base/error.h"
#include "nn/generator.h"
#include "session/frame_service.h"
#include "session/frame_stream.h"
#include "session/speech_session.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace lipsync::scoring {

/// A voice on an avatar whose windows are asked for by number; a thread of its own listens ahead.
class SpokenVoice {
public:
    /// `features` as SpeechSession takes them.
    static Result<std::unique_ptr<SpokenVoice>> create(const session::OpenAvatar& avatar,
                                                       std::optional<NpyArray> features);
    ~SpokenVoice();

    /// Begins to listen; once.
    void listen(std::vector<float> speech16k);

    session::SpeechSession& session() { return *m_session; }

private:
    SpokenVoice() = default;
    std::vector<float> m_speech;
    std::unique_ptr<session::SpeechSession> m_session;
    std::jthread m_thread; ///< "voice"
};

/// A frame an avatar was made to speak.
struct SpokenFrame {
    std::int64_t number = 0;
    std::shared_ptr<const avatar::TemplateFrame> templateFrame; ///< what it was pasted into
    cv::Mat picture; ///< the whole frame
    cv::Mat before; ///< the same with what the network was shown instead of what it made; empty where that is the truth
};

/// Makes an avatar's frames one after the other.
class SpokenFrames {
public:
    virtual ~SpokenFrames() = default;
    /// The next frame; nothing after the last. Interrupted when stopped.
    virtual Result<std::optional<SpokenFrame>> next(const std::stop_token& stop) = 0;
};

/// Frames first … first + count − 1 of a voice.
struct FrameRange {
    std::int64_t first = 0;
    std::int64_t count = 0;
};

/// As an export makes them, by the workers of a service; `templateOf` chooses the template frame of each. A network
/// sees all of that frame, its mouth too. Everything given must outlive it.
std::unique_ptr<SpokenFrames> framesOfWorkers(session::FrameService& service, const session::OpenAvatar& avatar,
                                              session::SpeechSession& session, const avatar::Compositor& compositor,
                                              FrameRange range, std::function<int(std::int64_t)> templateOf);

/// Frame n in template frame n, but with the mouth of template frame `mouthOf(n)` in what the network is shown, as it is
/// trained (specification section 1.11): under the mask the other frame's pixels, around it the frame's own. So the
/// network cannot copy the truth, and head and place are the truth's. One batch of one after the other, without workers.
Result<std::unique_ptr<SpokenFrames>> framesWithForeignMouth(const session::OpenAvatar& avatar,
                                                             session::SpeechSession& session,
                                                             const avatar::Compositor& compositor, FrameRange range,
                                                             std::function<int(std::int64_t)> mouthOf,
                                                             const nn::RunOptions& options);

} // namespace lipsync::scoring

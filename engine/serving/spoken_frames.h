// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/compositor.h"
#include "media/live_video_encoder.h"
#include "serving/mouth_stream.h"
#include "serving/task_threads.h"
#include "session/speech_session.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace lipsync::serving {

enum class FrameFormat : std::uint8_t {
    Jpeg,
    Raw, ///< rows of B,G,R bytes
    H264, ///< access units
};

/// What a speaking session sends.
struct SpokenOptions {
    FrameFormat format = FrameFormat::Jpeg;
    int jpegQuality = 95;
    bool mouthOnly = false; ///< the redrawn region instead of the whole frame
    MouthOptions mouths{};
    std::size_t mostUnderWay = 32; ///< frames in the workers at a time
};

/// A finished frame of a session.
struct SpokenFrame {
    std::int64_t inUtterance = 0; ///< its number there
    int templateFrame = 0;
    std::string bytes;
    bool isKeyFrame = true;
    std::array<int, 4> bounds{}; ///< of the mouth in the whole frame
    Duration queued{}, computed{}, encoded{};
};

/// Sound in, finished frames out, in order: one utterance after the other on one avatar. Works on its strand, on which
/// all functions are called; listening and encoding happen there, the network in the workers.
class SpokenFrames {
public:
    /// On the strand.
    struct Events {
        std::function<void(SpokenFrame)> frame;
        std::function<void()> finished; ///< once: the last frame of the last utterance is out
        std::function<void(Fault)> failed; ///< once; nothing follows
    };

    /// InvalidInput (as Fault) for avatars that cannot listen to sound.
    static Answer<std::shared_ptr<SpokenFrames>> open(session::FrameService& service, std::shared_ptr<Strand> strand,
                                                      std::shared_ptr<const ServedAvatar> avatar,
                                                      const SpokenOptions& options, Events events);

    int width() const { return m_size.width; }
    int height() const { return m_size.height; }

    /// Appends 16 kHz mono sound and sends what it completes.
    void push(std::span<const float> samples);
    /// What has been pushed and is not out yet is forgotten; sound pushed afterwards is a new utterance, whose first
    /// frame continues the template after `lastShown` frames of the session.
    void interrupt(std::int64_t lastShown);
    /// The sound ends here.
    void finish();
    /// Nothing follows.
    void close();
    /// Whether few enough frames are under way for more sound.
    bool hasRoom() const { return m_underWay.size() < m_options.mostUnderWay && m_isCaughtUp; }
    /// Sends what waited for room.
    void pump();
    /// Whether frames are under way or wait for room.
    bool isBusy() const { return !m_underWay.empty() || !m_isCaughtUp; }

private:
    /// A frame of the utterance in the workers.
    struct UnderWay {
        std::int64_t inUtterance = 0;
        std::shared_ptr<const avatar::TemplateFrame> templateFrame;
    };

    SpokenFrames(std::shared_ptr<Strand> strand, std::shared_ptr<const ServedAvatar> avatar,
                 const SpokenOptions& options, Events events);
    Answer<void> begin();
    Answer<void> submit(std::int64_t inUtterance);
    void answered(const MouthAnswer& answer);
    Answer<SpokenFrame> make(const MouthAnswer& answer, const UnderWay& sent);
    Answer<std::string> encode(const cv::Mat& picture, bool& isKeyFrame);
    void fail(const Fault& fault);
    void endIfComplete();

    const std::shared_ptr<Strand> m_strand;
    const std::shared_ptr<const ServedAvatar> m_avatar;
    const SpokenOptions m_options;
    Events m_events;
    const avatar::Compositor m_compositor;
    cv::Size m_size;
    std::unique_ptr<media::LiveVideoEncoder> m_video; ///< of H264
    std::unique_ptr<MouthStream> m_stream;
    std::unique_ptr<session::SpeechSession> m_speech; ///< of the utterance; null before its first sound
    std::int64_t m_nextFrame = 0; ///< of the utterance
    std::int64_t m_shownBefore = 0; ///< frames of the session before the utterance
    std::map<std::int64_t, UnderWay> m_underWay; ///< by the job's number
    std::int64_t m_nextJob = 0;
    cv::Mat m_picture; ///< used again and again
    bool m_isCaughtUp = true; ///< every frame whose sound is known is in the workers
    bool m_isKeyFrameDue = true;
    bool m_isFinished = false; ///< no sound follows
    bool m_isOver = false;
};

} // namespace lipsync::serving

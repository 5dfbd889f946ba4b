// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/model.h"
#include "serving/avatar_shelf.h"
#include "serving/fault.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace lipsync::serving {

/// Asks for one mouth; its crop is written. See ownMouth() and heardMouth().
struct MouthWish {
    std::int64_t number = 0; ///< the caller's own
    int templateFrame = 0;
    inference::SoundWindow window;
};

/// What became of a wish that was accepted.
struct MouthAnswer {
    scheduling::JobResult result;
    std::optional<Fault> fault; ///< nothing when the mouth was made

    std::int64_t number() const { return result.sequence; }
    /// pictureSize() squared × 3 bytes B,G,R; of a mouth that was made.
    std::span<const std::uint8_t> picture() const
    {
        return static_cast<const inference::MouthPicture&>(*result.output).bytes;
    }
    Duration queued() const { return result.started - result.submitted; }
    Duration computed() const { return result.finished - result.started; }
};

/// The mouth of a template frame as the avatar's own sound moves it. Decodes what is not at hand, so not on a thread
/// that must be quick. BadRequest for a frame outside the clip, and where the avatar has no sound of its own.
Answer<MouthWish> ownMouth(const ServedAvatar& avatar, std::int64_t number, std::int64_t templateFrame);
/// The same as this window moves it; BadRequest when it has another size than the network wants.
Answer<MouthWish> heardMouth(const ServedAvatar& avatar, std::int64_t number, std::int64_t templateFrame,
                             std::vector<float> window);

/// How one call's mouths compete with others.
struct MouthOptions {
    scheduling::JobClass jobClass = scheduling::JobClass::Live;
    Duration longestWait{std::chrono::seconds(2)}; ///< predicted; without a deadline what would wait longer is refused
};

/// One call's mouths on their way through the workers: answered in the order of submission.
/// Its destructor cancels what is left. Any thread.
class MouthStream {
public:
    /// `receive` is called on the workers' delivery thread and must be quick.
    MouthStream(session::FrameService& service, std::shared_ptr<const ServedAvatar> avatar, const MouthOptions& options,
                std::function<void(MouthAnswer)> receive);

    /// Takes a wish or says at once why not.
    Answer<void> submit(MouthWish wish, std::optional<TimePoint> deadline);
    /// Ends all mouths that are under way as Cancelled; they are answered so.
    void cancel() { m_stream->cancel(); }
    /// Tells the engine's statistics that a mouth is with its reader, and when it was encoded. Once for each that was
    /// made.
    void delivered(const MouthAnswer& answer, TimePoint encoded);

    const ServedAvatar& avatar() const { return *m_avatar; }

private:
    void count(const scheduling::JobResult& result) const;

    session::FrameService& m_service;
    const std::shared_ptr<const ServedAvatar> m_avatar;
    const MouthOptions m_options;
    const std::function<void(MouthAnswer)> m_receive;
    const std::unique_ptr<scheduling::WorkerPool::Stream> m_stream; ///< last: it calls m_receive
};

} // namespace lipsync::serving

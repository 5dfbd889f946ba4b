// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/mouth_stream.h"
#include "serving/task_threads.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace lipsync::serving {

/// How to hear of a batch's mouths; all of it on the batch's strand.
struct MouthBatchEvents {
    /// Every mouth that was accepted, in order.
    std::function<void(MouthAnswer)> answered;
    /// Every mouth that was not: its number and why.
    std::function<void(std::int64_t number, Fault fault)> refused;
    /// Once, after all of them.
    std::function<void()> done;
};

/// Mouths that one call asks for together; workers take them as they like, beside those of all other calls. Functions
/// are called on its strand. It lives until it is done; the service must outlive it.
class MouthBatch : public std::enable_shared_from_this<MouthBatch> {
public:
    static std::shared_ptr<MouthBatch> create(session::FrameService& service, std::shared_ptr<Strand> strand,
                                              const std::shared_ptr<const ServedAvatar>& avatar,
                                              const MouthOptions& options, MouthBatchEvents events);

    /// Once. May tell `done` before it returns.
    void run(std::vector<MouthWish> wishes, std::optional<TimePoint> deadline);
    void cancel();
    void delivered(const MouthAnswer& answer, TimePoint encoded) { m_stream->delivered(answer, encoded); }

private:
    MouthBatch() = default;
    void receive(MouthAnswer answer);
    void endIfComplete();

    std::shared_ptr<Strand> m_strand;
    MouthBatchEvents m_events;
    std::unique_ptr<MouthStream> m_stream;
    std::size_t m_outstanding = 0;
    bool m_isRunning = false; ///< wishes are still handed in
    bool m_isCancelled = false;
};

} // namespace lipsync::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <condition_variable>
#include <mutex>

#include <grpcpp/client_context.h>

namespace lipsync::inference {

/// The calls that one thread makes, one at a time, and any other may end for good.
class CancellableCalls {
public:
    /// Whether the call may begin; its context must live until finish(). False once cancelled.
    bool begin(grpc::ClientContext& context);
    void finish();
    /// Ends the call under way and all waiting; no later one begins. Any thread.
    void cancel() noexcept;
    /// Waits between two calls. False when it was cancelled meanwhile.
    bool waitFor(Duration time);

private:
    std::mutex m_mutex; ///< of the rest; held while a context is used
    std::condition_variable m_cancelling;
    bool m_isCancelled = false;
    grpc::ClientContext* m_running = nullptr;
};

} // namespace lipsync::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event_log.h"

#include "scheduling/worker_pool.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace lipsync {

/// Writes into the log what becomes of the workers: ready, lost and started again, back, given up, gone.
class WorkerLog {
public:
    explicit WorkerLog(std::shared_ptr<EventLog> log);

    /// Something changed about the workers. Quick; any thread, before start() and after stop() too.
    void changed();
    /// From now on looks at the pool after every change, on a thread "worker log". The pool must live until stop().
    void start(const scheduling::WorkerPool& pool);
    void stop();

private:
    /// What was said about a worker last.
    struct Known {
        std::string device;
        int restarts = 0;
        bool isReady = false, isLost = false, isGivenUp = false;
    };

    void watch(const scheduling::WorkerPool& pool, const std::stop_token& stop);
    void compare(const scheduling::SchedulerSnapshot& snapshot);
    void compare(const scheduling::WorkerSnapshot& worker, Known& known);

    const std::shared_ptr<EventLog> m_log;
    std::map<scheduling::WorkerId, Known> m_known; ///< of the thread alone
    std::mutex m_mutex; ///< of the next two
    std::condition_variable_any m_news;
    bool m_hasChanged = true;
    std::jthread m_thread;
};

} // namespace lipsync

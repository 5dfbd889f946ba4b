// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include "base/thread_name.h"

#include <chrono>
#include <functional>
#include <string>
#include <thread>

namespace lipsync {

/// The engine's Operation: some work on a thread of its own, which is asked to stop when the handle is destroyed.
class BackgroundWork : public Operation {
public:
    /// `threadName` is text that stays.
    BackgroundWork(const char* threadName, std::function<void(const std::stop_token&)> work)
        : m_thread([threadName, work = std::move(work)](std::stop_token stop) {
            setThreadName(threadName);
            work(stop);
        })
    {
    }

    void cancel() override { m_thread.request_stop(); }

private:
    std::jthread m_thread;
};

/// Lets progress through at most about ten times a second, and every new stage at once. One thread at a time.
class ProgressPace {
public:
    bool isDue(const std::string& stage)
    {
        constexpr auto kInterval = std::chrono::milliseconds(100);
        const auto now = std::chrono::steady_clock::now();
        if (stage == m_stage && now - m_last < kInterval)
            return false;
        m_stage = stage;
        m_last = now;
        return true;
    }

private:
    std::string m_stage;
    std::chrono::steady_clock::time_point m_last{};
};

} // namespace lipsync

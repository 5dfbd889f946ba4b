// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>

namespace lipsync::test {

/// Waits for what is told once from another thread.
template <typename Value> class EndWatch {
public:
    void tell(Value value)
    {
        {
            std::lock_guard lock(m_mutex);
            if (m_value)
                throw std::logic_error("an end was told twice");
            m_value.emplace(std::move(value));
        }
        m_told.notify_all();
    }
    bool isTold() const
    {
        std::lock_guard lock(m_mutex);
        return m_value.has_value();
    }
    /// Throws, which fails the test, when it is not told within two minutes.
    const Value& wait()
    {
        std::unique_lock lock(m_mutex);
        if (!m_told.wait_for(lock, std::chrono::minutes(2), [&] { return m_value.has_value(); }))
            throw std::runtime_error("nothing was told");
        return *m_value;
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_told;
    std::optional<Value> m_value;
};

} // namespace lipsync::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace lipsync {

/// Brings items that several threads finish out of order back into the order of their numbers 0, 1, 2, …
/// At most `window` items ahead of the next one are held; who is further ahead waits. Any thread may call anything.
template <typename T> class OrderedQueue {
public:
    explicit OrderedQueue(std::int64_t window)
        : m_window(window)
    {
    }

    /// Adds item `number`, waiting while it is too far ahead; false (item dropped) once the queue is cancelled.
    bool put(std::int64_t number, T item)
    {
        {
            std::unique_lock lock(m_mutex);
            m_advanced.wait(lock, [&] { return m_cancelled || number < m_next + m_window; });
            if (m_cancelled)
                return false;
            m_items.emplace(number, std::move(item));
        }
        m_filled.notify_one();
        return true;
    }

    /// Waits for the next item in order; nothing once the queue is cancelled.
    std::optional<T> pop()
    {
        std::optional<T> item;
        {
            std::unique_lock lock(m_mutex);
            m_filled.wait(lock, [&] { return m_cancelled || (!m_items.empty() && m_items.begin()->first == m_next); });
            if (m_cancelled)
                return item;
            item = std::move(m_items.begin()->second);
            m_items.erase(m_items.begin());
            ++m_next;
        }
        m_advanced.notify_all();
        return item;
    }

    /// Drops everything and wakes everyone who waits.
    void cancel()
    {
        std::map<std::int64_t, T> dropped;
        {
            std::lock_guard lock(m_mutex);
            m_cancelled = true;
            dropped.swap(m_items);
        }
        m_filled.notify_all();
        m_advanced.notify_all();
    }

private:
    const std::int64_t m_window;
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::condition_variable m_advanced;
    std::map<std::int64_t, T> m_items;
    std::int64_t m_next = 0;
    bool m_cancelled = false;
};

} // namespace lipsync

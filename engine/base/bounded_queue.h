// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace lipsync {

/// A first-in-first-out queue of at most `capacity` items between threads. Any thread may call any function.
template <typename T> class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity)
        : m_capacity(capacity)
    {
    }

    /// Waits for room and appends the item; false (item dropped) once the queue is closed.
    bool push(T item)
    {
        {
            std::unique_lock lock(m_mutex);
            m_room.wait(lock, [&] { return m_closed || m_items.size() < m_capacity; });
            if (m_closed)
                return false;
            m_items.push_back(std::move(item));
        }
        m_filled.notify_one();
        return true;
    }

    /// Waits for an item; nothing once the queue is closed and empty.
    std::optional<T> pop()
    {
        std::optional<T> item;
        {
            std::unique_lock lock(m_mutex);
            m_filled.wait(lock, [&] { return m_closed || !m_items.empty(); });
            if (m_items.empty())
                return item;
            item = std::move(m_items.front());
            m_items.pop_front();
        }
        m_room.notify_one();
        return item;
    }

    /// No more items are accepted; those inside can still be popped. Wakes everyone who waits.
    void close()
    {
        {
            std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_filled.notify_all();
        m_room.notify_all();
    }

    /// Closes the queue and drops what is inside.
    void cancel()
    {
        std::deque<T> dropped;
        {
            std::lock_guard lock(m_mutex);
            m_closed = true;
            dropped.swap(m_items);
        }
        m_filled.notify_all();
        m_room.notify_all();
    }

private:
    const std::size_t m_capacity;
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::condition_variable m_room;
    std::deque<T> m_items;
    bool m_closed = false;
};

} // namespace lipsync

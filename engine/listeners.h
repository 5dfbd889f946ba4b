// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace lipsync {

/// Whom to tell when something happens. Any thread.
template <typename... Facts> class Listeners {
public:
    using Listener = std::function<void(Facts...)>;

    std::uint64_t add(Listener listener)
    {
        std::lock_guard lock(m_mutex);
        m_listeners[++m_last] = std::move(listener);
        return m_last;
    }
    /// Afterwards the listener is not called any more.
    void remove(std::uint64_t number)
    {
        std::lock_guard lock(m_mutex);
        m_listeners.erase(number);
    }
    void tell(Facts... facts)
    {
        std::lock_guard lock(m_mutex);
        for (const auto& [number, listener] : m_listeners)
            listener(facts...);
    }

private:
    std::mutex m_mutex; ///< held while telling, so that remove() waits
    std::map<std::uint64_t, Listener> m_listeners;
    std::uint64_t m_last = 0;
};

/// Keeps one listener among others for as long as it lives.
template <typename... Facts> class ListenerSubscription : public Subscription {
public:
    ListenerSubscription(std::shared_ptr<Listeners<Facts...>> listeners,
                         typename Listeners<Facts...>::Listener listener)
        : m_listeners(std::move(listeners))
        , m_number(m_listeners->add(std::move(listener)))
    {
    }
    ~ListenerSubscription() override { m_listeners->remove(m_number); }
    ListenerSubscription(const ListenerSubscription&) = delete;
    ListenerSubscription& operator=(const ListenerSubscription&) = delete;

private:
    const std::shared_ptr<Listeners<Facts...>> m_listeners;
    const std::uint64_t m_number;
};

} // namespace lipsync

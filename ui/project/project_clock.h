// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>

#include <QDateTime>
#include <QObject>
#include <QTimer>

namespace lipsync::ui {

/// What the project's autosave knows of time. Tests turn their own by hand.
class ProjectClock {
public:
    virtual ~ProjectClock() = default;

    virtual QDateTime now() const = 0;
    /// Calls the function once, later, on this thread; a second call replaces the first.
    virtual void callAfter(std::chrono::milliseconds wait, std::function<void()> function) = 0;
    virtual void forget() = 0;
};

/// The system's time.
class SystemProjectClock final : public ProjectClock {
public:
    SystemProjectClock()
    {
        m_timer.setSingleShot(true);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
            const auto function = std::move(m_function);
            function();
        });
    }
    QDateTime now() const override { return QDateTime::currentDateTimeUtc(); }
    void callAfter(std::chrono::milliseconds wait, std::function<void()> function) override
    {
        m_function = std::move(function);
        m_timer.start(wait);
    }
    void forget() override { m_timer.stop(); }

private:
    std::function<void()> m_function;
    QTimer m_timer;
};

} // namespace lipsync::ui

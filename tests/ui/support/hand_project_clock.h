// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/project/project_clock.h"

#include <utility>

namespace lipsync::test {

/// The project's time in a test's hands.
class HandProjectClock final : public ui::ProjectClock {
public:
    QDateTime now() const override { return m_now; }
    void callAfter(std::chrono::milliseconds wait, std::function<void()> function) override
    {
        m_due = m_now.addMSecs(wait.count());
        m_function = std::move(function);
    }
    void forget() override { m_function = nullptr; }

    bool isWaiting() const { return static_cast<bool>(m_function); }
    void pass(std::chrono::milliseconds time)
    {
        m_now = m_now.addMSecs(time.count());
        if (m_function && m_now >= m_due)
            std::exchange(m_function, nullptr)();
    }

private:
    QDateTime m_now{QDate(2026, 3, 1), QTime(9, 0), Qt::UTC};
    QDateTime m_due;
    std::function<void()> m_function;
};

} // namespace lipsync::test

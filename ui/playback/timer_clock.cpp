// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/playback/timer_clock.h"

namespace lipsync::ui {
namespace {

constexpr double kNanosecond = 1e-9;

} // namespace

void TimerClock::start(double seconds)
{
    m_origin = seconds;
    m_timer.start();
}

void TimerClock::stop()
{
    m_origin = position();
    m_timer.invalidate();
}

double TimerClock::position() const
{
    return m_timer.isValid() ? m_origin + static_cast<double>(m_timer.nsecsElapsed()) * kNanosecond : m_origin;
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_span.h"

#include "ui/charts/statistics_history.h"

#include <algorithm>

namespace lipsync::ui {

ChartSpan::ChartSpan(const StatisticsHistory& history, QObject* parent)
    : QObject(parent)
    , m_history(history)
{
    connect(&history, &StatisticsHistory::cleared, this, [this] { setPaused(false); });
}

double ChartSpan::end() const
{
    return m_heldEnd.value_or(m_history.end());
}

void ChartSpan::setPaused(bool isPaused)
{
    if (isPaused == this->isPaused())
        return;
    if (isPaused)
        m_heldEnd = m_history.end();
    else
        m_heldEnd.reset();
    Q_EMIT pausedChanged(isPaused);
    Q_EMIT changed();
}

void ChartSpan::zoom(double factor)
{
    zoomAround(factor, end());
}

void ChartSpan::zoomAround(double factor, double fixed)
{
    const double before = m_seconds;
    m_seconds = std::clamp(m_seconds * factor, kShortestSeconds, StatisticsHistory::kLongestSeconds);
    if (isPaused())
        hold(fixed + (end() - fixed) * m_seconds / before);
    if (m_readAge)
        m_readAge = std::min(*m_readAge, m_seconds);
    Q_EMIT changed();
}

void ChartSpan::pan(double seconds)
{
    const bool wasPaused = isPaused();
    hold(end() + seconds);
    if (!wasPaused)
        Q_EMIT pausedChanged(true);
    Q_EMIT changed();
}

void ChartSpan::reset()
{
    m_seconds = kFirstSeconds;
    const bool wasPaused = isPaused();
    m_heldEnd.reset();
    if (wasPaused)
        Q_EMIT pausedChanged(false);
    Q_EMIT changed();
}

std::optional<double> ChartSpan::readTime() const
{
    return m_readAge ? std::optional(end() - *m_readAge) : std::nullopt;
}

void ChartSpan::read(std::optional<double> age)
{
    if (age)
        age = std::clamp(*age, 0.0, m_seconds);
    if (age == m_readAge)
        return;
    m_readAge = age;
    Q_EMIT readChanged();
}

void ChartSpan::hold(double end)
{
    m_heldEnd = std::clamp(end, std::min(m_history.begin() + m_seconds, m_history.end()), m_history.end());
}

} // namespace lipsync::ui

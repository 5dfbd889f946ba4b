// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/playback/offset_meter.h"

#include <numeric>

namespace lipsync::ui {

void OffsetMeter::add(double milliseconds)
{
    m_values.push_back(milliseconds);
    if (m_values.size() > m_window)
        m_values.pop_front();
}

std::optional<double> OffsetMeter::mean() const
{
    if (m_values.empty())
        return std::nullopt;
    return std::accumulate(m_values.begin(), m_values.end(), 0.0) / static_cast<double>(m_values.size());
}

} // namespace lipsync::ui

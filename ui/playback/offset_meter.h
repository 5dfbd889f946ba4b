// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

namespace lipsync::ui {

/// Mean distance between picture and sound over the last measurements.
class OffsetMeter {
public:
    explicit OffsetMeter(std::size_t window)
        : m_window(window)
    {
    }

    void add(double milliseconds);
    void clear() { m_values.clear(); }
    std::optional<double> mean() const;

private:
    std::size_t m_window;
    std::deque<double> m_values;
};

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include <QString>

namespace lipsync::ui {

/// A frame's time as "mm:ss.ff", ff being hundredths of a second, rounded down, with the decimal sign of the language:
/// frames of up to 100 a second have times of their own.
QString timeText(std::int64_t frame, double frameRate);

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include <QString>

namespace lipsync::ui {

/// A frame's time as "mm:ss.f", f being tenths of a second, rounded down.
QString timeText(std::int64_t frame, double frameRate);

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/time_text.h"

#include <cmath>

namespace lipsync::ui {

QString timeText(std::int64_t frame, double frameRate)
{
    // A thousandth of a frame against 0.3 * 10 being a little less than 3.
    const auto tenths =
        frameRate > 0 ? static_cast<qint64>(std::floor((static_cast<double>(frame) + 1e-3) / frameRate * 10)) : 0;
    const QLatin1Char zero('0');
    return QStringLiteral("%1:%2.%3")
        .arg(tenths / 600, 2, 10, zero)
        .arg(tenths / 10 % 60, 2, 10, zero)
        .arg(tenths % 10);
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/time_text.h"

#include <cmath>

#include <QLocale>

namespace lipsync::ui {

QString timeText(std::int64_t frame, double frameRate)
{
    // A thousandth of a frame against 0.3 * 10 being a little less than 3.
    constexpr qint64 kHundredths = 100, kSeconds = 60;
    const auto hundredths = frameRate > 0
        ? static_cast<qint64>(std::floor((static_cast<double>(frame) + 1e-3) / frameRate * kHundredths))
        : 0;
    const QLatin1Char zero('0');
    return QStringLiteral("%1:%2%3%4")
        .arg(hundredths / (kSeconds * kHundredths), 2, 10, zero)
        .arg(hundredths / kHundredths % kSeconds, 2, 10, zero)
        .arg(QLocale().decimalPoint())
        .arg(hundredths % kHundredths, 2, 10, zero);
}

} // namespace lipsync::ui

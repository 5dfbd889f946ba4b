// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/playback/playback_clock.h"

#include <QElapsedTimer>

namespace lipsync::ui {

/// Plain time, for machines without a sound device.
class TimerClock final : public PlaybackClock {
public:
    void start(double seconds) override;
    void stop() override;
    double position() const override;
    bool isAudible() const override { return false; }

private:
    double m_origin = 0; ///< seconds of the voice when the timer started, or where it stopped
    QElapsedTimer m_timer;
};

} // namespace lipsync::ui

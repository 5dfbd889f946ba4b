// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/playback/playback_clock.h"

#include <memory>

namespace lipsync::test {

/// A clock that a test turns by hand; the last one made can be reached through the factory's `time`.
struct HandTime {
    double seconds = 0;
    bool isRunning = false;
    double volume = 1;
};

class HandClock final : public ui::PlaybackClock {
public:
    explicit HandClock(std::shared_ptr<HandTime> time)
        : m_time(std::move(time))
    {
    }
    void start(double seconds) override
    {
        m_time->seconds = seconds;
        m_time->isRunning = true;
    }
    void stop() override { m_time->isRunning = false; }
    double position() const override { return m_time->seconds; }
    bool isAudible() const override { return false; }
    void setVolume(double volume) override { m_time->volume = volume; }

private:
    std::shared_ptr<HandTime> m_time;
};

inline ui::ClockFactory handClocks(std::shared_ptr<HandTime> time)
{
    return [time = std::move(time)](const std::shared_ptr<const VoiceSound>&) -> std::unique_ptr<ui::PlaybackClock> {
        return std::make_unique<HandClock>(time);
    };
}

} // namespace lipsync::test

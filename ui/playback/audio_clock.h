// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/playback/playback_clock.h"
#include "ui/playback/timer_clock.h"
#include "ui/playback/voice_device.h"

#include <QAudioDevice>
#include <QAudioSink>
#include <QObject>

namespace lipsync::ui {

/// Plays the voice and tells what has been heard. Where the device cannot be opened, breaks or runs out of sound,
/// the time runs on by a timer from where it was.
class AudioClock final : public QObject, public PlaybackClock {
    Q_OBJECT

public:
    /// `device` may be null: then nothing is heard.
    AudioClock(std::shared_ptr<const VoiceSound> sound, const QAudioDevice& device);
    ~AudioClock() override;

    void start(double seconds) override;
    void stop() override;
    double position() const override;
    bool isAudible() const override { return m_sink != nullptr; }
    void setVolume(double volume) override;

private:
    bool openSink(double seconds);
    void closeSink();
    double heard() const;
    void followSinkState(QAudio::State state);

    std::shared_ptr<const VoiceSound> m_sound;
    QAudioDevice m_device;
    VoiceDevice m_source;
    std::unique_ptr<QAudioSink> m_sink; ///< while the voice is heard
    double m_volume = 1;
    double m_origin = 0; ///< seconds of the voice at which the sink started
    bool m_isSpent = false; ///< the sink has been given all sound and plays out
    TimerClock m_substitute; ///< runs without a sink, or with a spent one
};

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/playback/audio_clock.h"

#include <chrono>
#include <utility>

#include <QAudioFormat>
#include <QMediaDevices>

namespace lipsync::ui {
namespace {

using namespace std::chrono_literals;

// Long enough to outlast a busy moment of the window's thread, which feeds the device.
constexpr std::chrono::microseconds kBuffered = 200ms;
constexpr double kMicrosecond = 1e-6;

} // namespace

ClockFactory soundClocks()
{
    return [](std::shared_ptr<const VoiceSound> sound) -> std::unique_ptr<PlaybackClock> {
        return std::make_unique<AudioClock>(std::move(sound), QMediaDevices::defaultAudioOutput());
    };
}

AudioClock::AudioClock(std::shared_ptr<const VoiceSound> sound, const QAudioDevice& device)
    : m_sound(std::move(sound))
    , m_device(device)
    , m_source(m_sound)
{
}

AudioClock::~AudioClock()
{
    closeSink();
}

void AudioClock::start(double seconds)
{
    stop();
    if (!openSink(seconds))
        m_substitute.start(seconds);
}

void AudioClock::stop()
{
    const double seconds = position();
    closeSink();
    m_substitute.start(seconds);
    m_substitute.stop();
}

double AudioClock::position() const
{
    return m_sink && !m_isSpent ? heard() : m_substitute.position();
}

void AudioClock::setVolume(double volume)
{
    m_volume = volume;
    if (m_sink)
        m_sink->setVolume(volume);
}

bool AudioClock::openSink(double seconds)
{
    QAudioFormat format;
    format.setSampleRate(m_sound->sampleRate);
    format.setChannelCount(m_sound->channels);
    format.setSampleFormat(QAudioFormat::Float);
    if (m_device.isNull() || !format.isValid() || !m_device.isFormatSupported(format))
        return false;
    m_source.openAt(seconds);
    if (m_source.atEnd()) {
        m_source.close();
        return false;
    }
    m_origin = seconds;
    m_sink = std::make_unique<QAudioSink>(m_device, format);
    m_sink->setBufferSize(format.bytesForDuration(kBuffered.count()));
    m_sink->setVolume(m_volume);
    m_sink->start(&m_source);
    if (m_sink->state() == QAudio::StoppedState || m_sink->error() != QAudio::NoError) {
        closeSink();
        return false;
    }
    connect(m_sink.get(), &QAudioSink::stateChanged, this, &AudioClock::followSinkState);
    return true;
}

void AudioClock::closeSink()
{
    if (!m_sink)
        return;
    disconnect(m_sink.get(), nullptr, this, nullptr);
    m_sink->reset();
    // It may be the sender of the signal that brought us here.
    m_sink.release()->deleteLater();
    m_source.close();
    m_isSpent = false;
}

double AudioClock::heard() const
{
    // Qt's PulseAudio sink counts what the server has played, latency taken off; the bytes in the buffer are not in it.
    return m_origin + static_cast<double>(m_sink->processedUSecs()) * kMicrosecond;
}

void AudioClock::followSinkState(QAudio::State state)
{
    if (state == QAudio::StoppedState) {
        // A sink that stopped has forgotten what was heard: what it fetched is the next best.
        const double bytesPerSecond = static_cast<double>(sizeof(float)) * m_sound->channels * m_sound->sampleRate;
        const double fetched = static_cast<double>(m_source.offset()) / bytesPerSecond;
        const double seconds = m_isSpent ? m_substitute.position() : fetched;
        closeSink();
        m_substitute.start(seconds);
    } else if (state == QAudio::IdleState && m_source.atEnd() && !m_isSpent) {
        // The rest is still in the device's buffer; pictures may last longer than the sound.
        m_substitute.start(heard());
        m_isSpent = true;
    }
}

} // namespace lipsync::ui

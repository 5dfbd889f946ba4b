// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/playback/playback_controller.h"

#include "ui/engine_bridge/engine_bridge.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <QAudio>

namespace lipsync::ui {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 5ms; // an eighth of a frame at 25 frames/s
constexpr std::int64_t kFramesToStartWith = 3; // made before the sound starts, so that the first seconds do not stutter
constexpr std::chrono::milliseconds kLongestStart =
    1500ms; // then the sound starts all the same, and frames are dropped and counted
constexpr std::size_t kOffsetWindow = 200; // ticks: one second
constexpr double kMillisecondsPerSecond = 1000.0;
constexpr double kPercent = 100.0;

} // namespace

PlaybackController::PlaybackController(EngineBridge& bridge, ClockFactory clocks, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_clocks(std::move(clocks))
    , m_offset(kOffsetWindow)
{
    m_ticks.setTimerType(Qt::PreciseTimer);
    m_ticks.setInterval(kTick);
    connect(&m_ticks, &QTimer::timeout, this, &PlaybackController::tick);
    connect(&bridge, &EngineBridge::previewReady, this, &PlaybackController::open);
    connect(&bridge, &EngineBridge::pictureMade, this, [this](qint64 frame) {
        m_newestMade = std::max<std::int64_t>(m_newestMade, frame);
        if (m_state == PlaybackState::Paused)
            takePicture();
    });
}

PlaybackController::~PlaybackController() = default;

std::optional<double> PlaybackController::offsetMs() const
{
    return m_state == PlaybackState::Playing ? m_offset.mean() : std::nullopt;
}

void PlaybackController::open(const PreviewInfo& info)
{
    m_ticks.stop();
    m_resumesAfterScrub = false;
    // The engine makes the first picture while the clock looks for a sound device.
    m_pictureIsCurrent = false;
    m_bridge.show(0);
    m_clock = m_clocks(info.sound);
    applyVolume();
    m_frames = info.frames;
    m_frameRate = info.frameRate;
    m_picture.reset();
    m_frame = 0;
    m_lastLoop.reset();
    setLoop(std::nullopt);
    Q_EMIT opened(info);
    setState(PlaybackState::Paused);
    takePicture();
    Q_EMIT frameChanged(m_frame);
}

void PlaybackController::play()
{
    if (m_state != PlaybackState::Paused || m_frames == 0)
        return;
    if (m_loop && (m_frame < m_loop->first || m_frame >= m_loop->last))
        setFrame(m_loop->first);
    else if (m_frame + 1 >= m_frames)
        setFrame(0);
    m_offset.clear();
    gatherPictures();
    m_ticks.start();
}

void PlaybackController::pause()
{
    if (!isPlaying())
        return;
    m_ticks.stop();
    m_clock->stop();
    m_bridge.pause();
    setState(PlaybackState::Paused);
    // What is heard last is what is seen, even if it had not been made in time.
    if (!m_picture || m_picture->frame != m_frame || !m_pictureIsCurrent)
        showFrame(m_frame);
}

void PlaybackController::toggle()
{
    if (isPlaying())
        pause();
    else
        play();
}

void PlaybackController::showFrame(qint64 frame)
{
    if (m_state == PlaybackState::Empty || m_frames == 0)
        return;
    pause();
    setFrame(std::clamp<std::int64_t>(frame, 0, m_frames - 1));
    m_pictureIsCurrent = false;
    m_bridge.show(m_frame);
    takePicture();
}

void PlaybackController::step(int frames)
{
    showFrame(m_frame + frames);
}

void PlaybackController::showFirst()
{
    showFrame(0);
}

void PlaybackController::showLast()
{
    showFrame(m_frames - 1);
}

void PlaybackController::beginScrub()
{
    m_resumesAfterScrub = isPlaying();
    pause();
}

void PlaybackController::endScrub()
{
    if (std::exchange(m_resumesAfterScrub, false))
        play();
}

void PlaybackController::setLoop(std::optional<LoopRange> loop)
{
    if (loop) {
        loop->first = std::clamp<std::int64_t>(loop->first, 0, std::max<std::int64_t>(0, m_frames - 2));
        loop->last = std::min(std::max(loop->last, loop->first + 1), m_frames - 1);
        if (loop->last <= loop->first)
            loop.reset();
        else
            m_lastLoop = loop;
    }
    if (std::exchange(m_loop, loop) != loop)
        Q_EMIT loopChanged(m_loop);
}

void PlaybackController::setLooping(bool isLooping)
{
    if (isLooping)
        setLoop(m_lastLoop.value_or(LoopRange{0, m_frames - 1}));
    else
        setLoop(std::nullopt);
}

void PlaybackController::beginLoopHere()
{
    const std::int64_t last = m_loop && m_loop->last > m_frame ? m_loop->last : m_frames - 1;
    setLoop(LoopRange{m_frame, last});
}

void PlaybackController::endLoopHere()
{
    const std::int64_t first = m_loop && m_loop->first < m_frame ? m_loop->first : 0;
    setLoop(LoopRange{first, m_frame});
}

void PlaybackController::setNudgeMs(int milliseconds)
{
    const int nudge = std::clamp(milliseconds, -kMostNudgeMs, kMostNudgeMs);
    if (std::exchange(m_nudgeMs, nudge) != nudge)
        Q_EMIT nudgeChanged(nudge);
}

void PlaybackController::setVolumePercent(int percent)
{
    m_volumePercent = std::clamp(percent, 0, 100);
    applyVolume();
    Q_EMIT volumeChanged(m_volumePercent, m_isMuted);
}

void PlaybackController::setMuted(bool isMuted)
{
    m_isMuted = isMuted;
    applyVolume();
    Q_EMIT volumeChanged(m_volumePercent, m_isMuted);
}

void PlaybackController::setOriginalsWanted(bool areWanted)
{
    m_originalsAreWanted = areWanted;
    m_bridge.setOriginalsWanted(areWanted);
    if (areWanted && m_state == PlaybackState::Paused && m_picture && m_picture->original.empty())
        showFrame(m_frame);
}

void PlaybackController::applyVolume()
{
    if (!m_clock)
        return;
    // A slider's half is heard as half as loud, not as half the amplitude.
    const double loudness = m_isMuted ? 0.0 : m_volumePercent / kPercent;
    m_clock->setVolume(QAudio::convertVolume(loudness, QAudio::LogarithmicVolumeScale, QAudio::LinearVolumeScale));
}

void PlaybackController::setState(PlaybackState state)
{
    if (std::exchange(m_state, state) != state)
        Q_EMIT stateChanged(state);
}

void PlaybackController::setFrame(std::int64_t frame)
{
    if (std::exchange(m_frame, frame) != frame)
        Q_EMIT frameChanged(frame);
}

void PlaybackController::takePicture()
{
    std::shared_ptr<const Picture> picture = m_bridge.pictureAt(m_frame);
    if (!picture)
        return;
    m_pictureIsCurrent = true;
    if (picture == m_picture)
        return;
    m_picture = std::move(picture);
    Q_EMIT pictureChanged(m_picture);
}

void PlaybackController::gatherPictures()
{
    m_pictureIsCurrent = false;
    m_newestMade = -1;
    m_bridge.play(m_frame);
    m_sinceStart.start();
    setState(PlaybackState::Starting);
}

void PlaybackController::startClockWhenReady()
{
    const std::int64_t wanted = std::min(m_frame + kFramesToStartWith, m_frames) - 1;
    // Asking the preview for a later picture would make it forget the first one. What was still under way for an
    // earlier play does not count, but the preview knows that of the first one only.
    const bool hasPictures = m_newestMade >= wanted && m_bridge.pictureAt(m_frame);
    if (!hasPictures && m_sinceStart.elapsed() < kLongestStart.count())
        return;
    takePicture();
    // Of the very beginning nothing is left unheard.
    const double seconds = static_cast<double>(m_frame) / m_frameRate;
    m_clock->start(m_frame == 0 ? 0 : std::max(0.0, seconds + m_nudgeMs / kMillisecondsPerSecond));
    setState(PlaybackState::Playing);
}

double PlaybackController::pictureSeconds() const
{
    return m_clock->position() - m_nudgeMs / kMillisecondsPerSecond;
}

void PlaybackController::finish()
{
    setFrame(m_frames - 1);
    takePicture();
    pause();
}

void PlaybackController::tick()
{
    if (m_state == PlaybackState::Starting) {
        startClockWhenReady();
        return;
    }
    const double seconds = pictureSeconds();
    const auto heard = static_cast<std::int64_t>(std::floor(seconds * m_frameRate));
    if (m_loop && heard > m_loop->last) {
        m_clock->stop();
        setFrame(m_loop->first);
        gatherPictures();
        return;
    }
    // Where the picture is ahead of the sound, the sound is heard to its end.
    if (heard >= m_frames && m_clock->position() * m_frameRate >= static_cast<double>(m_frames)) {
        finish();
        return;
    }
    // A clock that starts between two frames must not step back.
    const std::int64_t frame = std::min(std::max(heard, m_frame), m_frames - 1);
    if (frame != m_frame) {
        setFrame(frame);
        m_bridge.setPlayhead(frame);
    }
    takePicture();
    if (m_picture && m_pictureIsCurrent) {
        const double middle = (static_cast<double>(m_picture->frame) + 0.5) / m_frameRate;
        m_offset.add((middle - seconds) * kMillisecondsPerSecond);
    }
}

} // namespace lipsync::ui

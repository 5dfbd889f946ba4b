// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/playback/playback_controller.h"

#include "ui/engine_bridge/engine_bridge.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace lipsync::ui {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 5ms; // an eighth of a frame at 25 frames/s
constexpr std::int64_t kFramesToStartWith = 3; // made before the sound starts, so that the first seconds do not stutter
constexpr std::chrono::milliseconds kLongestStart =
    1500ms; // then the sound starts all the same, and frames are dropped and counted
constexpr std::size_t kOffsetWindow = 200; // ticks: one second
constexpr double kMillisecondsPerSecond = 1000.0;

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
    m_clock = m_clocks(info.sound);
    m_frames = info.frames;
    m_frameRate = info.frameRate;
    m_picture.reset();
    m_frame = 0;
    Q_EMIT opened(info);
    setState(PlaybackState::Paused);
    showFrame(0);
    Q_EMIT frameChanged(m_frame);
}

void PlaybackController::play()
{
    if (m_state != PlaybackState::Paused || m_frames == 0)
        return;
    if (m_frame + 1 >= m_frames)
        setFrame(0);
    m_pictureIsCurrent = false;
    m_newestMade = -1;
    m_offset.clear();
    m_bridge.play(m_frame);
    m_sinceStart.start();
    setState(PlaybackState::Starting);
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

void PlaybackController::startClockWhenReady()
{
    const std::int64_t wanted = std::min(m_frame + kFramesToStartWith, m_frames) - 1;
    // Asking the preview for a later picture would make it forget the first one.
    if (m_newestMade < wanted && m_sinceStart.elapsed() < kLongestStart.count())
        return;
    takePicture();
    m_clock->start(static_cast<double>(m_frame) / m_frameRate);
    setState(PlaybackState::Playing);
}

void PlaybackController::tick()
{
    if (m_state == PlaybackState::Starting) {
        startClockWhenReady();
        return;
    }
    const double seconds = m_clock->position();
    const auto heard = static_cast<std::int64_t>(std::floor(seconds * m_frameRate));
    if (heard >= m_frames) {
        setFrame(m_frames - 1);
        takePicture();
        pause();
        return;
    }
    // A clock that starts between two frames must not step back.
    const std::int64_t frame = std::max(heard, m_frame);
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

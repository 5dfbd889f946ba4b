// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/playback/loop_range.h"
#include "ui/playback/offset_meter.h"
#include "ui/playback/playback_clock.h"

#include <cstdint>
#include <memory>
#include <optional>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace lipsync::ui {

class EngineBridge;

enum class PlaybackState {
    Empty, ///< no preview is open
    Paused, ///< one frame is shown
    Starting, ///< waits for the first pictures, so that sound and picture start together
    Playing,
};

/// Transport of the preview: what frame is heard, what picture belongs to it, and how far they are apart.
/// The clock leads, the newest picture at or before it follows. While a loop is set, play stays in it. Window's thread.
class PlaybackController final : public QObject {
    Q_OBJECT

public:
    PlaybackController(EngineBridge& bridge, ClockFactory clocks, QObject* parent = nullptr);
    ~PlaybackController() override;

    PlaybackState state() const { return m_state; }
    /// Whether play() is in effect, be it starting or running.
    bool isPlaying() const { return m_state == PlaybackState::Starting || m_state == PlaybackState::Playing; }
    std::int64_t frame() const { return m_frame; } ///< heard now, or shown while paused
    std::int64_t frames() const { return m_frames; }
    double frameRate() const { return m_frameRate; }
    /// Shown last; null when there is none yet.
    const std::shared_ptr<const Picture>& picture() const { return m_picture; }
    bool isAudible() const { return m_clock && m_clock->isAudible(); }
    /// Milliseconds the picture is ahead of the sound, mean over the last second, beyond what the nudge asks for;
    /// nothing while paused.
    std::optional<double> offsetMs() const;

    std::optional<LoopRange> loop() const { return m_loop; }
    /// So many milliseconds later is the picture shown than its sound counts as heard: against the delay of a device.
    int nudgeMs() const { return m_nudgeMs; }
    int volumePercent() const { return m_volumePercent; }
    bool isMuted() const { return m_isMuted; }
    bool areOriginalsWanted() const { return m_originalsAreWanted; }

    static constexpr int kMostNudgeMs = 1000; ///< either way

public Q_SLOTS:
    void play();
    void pause();
    void toggle();
    /// Shows one frame and stays there; past either end counts as that end.
    void showFrame(qint64 frame);
    void step(int frames);
    void showFirst();
    void showLast();
    /// Follows the hand on the slider; play goes on when it lets go.
    void beginScrub();
    void endScrub();

    /// Frames that are played over and over, at least two; what lies outside the video is cut off. A new preview has
    /// none.
    void setLoop(std::optional<LoopRange> loop);
    /// The last loop again, or all of the video; or none.
    void setLooping(bool isLooping);
    /// The loop begins, or ends, with the present frame.
    void beginLoopHere();
    void endLoopHere();
    void setNudgeMs(int milliseconds);
    void setVolumePercent(int percent);
    void setMuted(bool isMuted);
    /// Whether pictures carry the frame as it was filmed too; the present one is made again with it.
    void setOriginalsWanted(bool areWanted);

Q_SIGNALS:
    void opened(const lipsync::PreviewInfo& info);
    void stateChanged(lipsync::ui::PlaybackState state);
    void frameChanged(qint64 frame);
    void pictureChanged(const std::shared_ptr<const lipsync::Picture>& picture);
    void loopChanged(const std::optional<lipsync::ui::LoopRange>& loop);
    void nudgeChanged(int milliseconds);
    void volumeChanged(int percent, bool isMuted);

private:
    void open(const PreviewInfo& info);
    void setState(PlaybackState state);
    void setFrame(std::int64_t frame);
    void takePicture();
    void gatherPictures();
    void startClockWhenReady();
    void tick();
    void finish();
    double pictureSeconds() const;
    void applyVolume();

    EngineBridge& m_bridge;
    ClockFactory m_clocks;
    std::unique_ptr<PlaybackClock> m_clock;
    PlaybackState m_state = PlaybackState::Empty;
    std::int64_t m_frame = 0;
    std::int64_t m_frames = 0;
    double m_frameRate = 0;
    bool m_resumesAfterScrub = false;
    std::optional<LoopRange> m_loop;
    std::optional<LoopRange> m_lastLoop; ///< of this preview
    int m_nudgeMs = 0;
    int m_volumePercent = 100;
    bool m_isMuted = false;
    bool m_originalsAreWanted = false;
    std::shared_ptr<const Picture> m_picture; ///< shown
    bool m_pictureIsCurrent = false; ///< m_picture was made since the last wish
    std::int64_t m_newestMade = -1; ///< since play()
    QElapsedTimer m_sinceStart;
    QTimer m_ticks;
    OffsetMeter m_offset;
};

} // namespace lipsync::ui

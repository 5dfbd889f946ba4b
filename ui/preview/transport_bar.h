// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/playback/loop_range.h"

#include <optional>

#include <QWidget>

class QLabel;

namespace lipsync {
struct PreviewInfo;
}

namespace lipsync::ui {

class ActionRegistry;
class PlaybackController;
class ScrubSlider;

/// Play, frame steps, time line, time and number of the frame, over a playback controller.
class TransportBar final : public QWidget {
    Q_OBJECT

public:
    TransportBar(PlaybackController& playback, const ActionRegistry& actions, QWidget* parent = nullptr);

private:
    void open(const PreviewInfo& info);
    void showFrame(qint64 frame);
    void showLoop(const std::optional<LoopRange>& loop);

    PlaybackController& m_playback;
    ScrubSlider* m_slider;
    QLabel* m_time;
    QLabel* m_frame;
};

} // namespace lipsync::ui

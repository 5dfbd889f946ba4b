// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>

#include <QToolBar>

class QLabel;
class QSlider;
class QSpinBox;

namespace lipsync::ui {

class ActionRegistry;
class PlaybackController;

/// The row below the transport: loop, sound against picture, volume, and how the picture is looked at. What does not
/// fit into its width is in a menu at its end.
class PreviewTools final : public QToolBar {
    Q_OBJECT

public:
    PreviewTools(PlaybackController& playback, const ActionRegistry& actions, QWidget* parent = nullptr);

    /// Of the picture's own size; 0 for none.
    void showZoom(int percent);

private:
    void addSound(PlaybackController& playback, const ActionRegistry& actions);
    void addButtons(const ActionRegistry& actions, std::initializer_list<const char*> ids);

    QSpinBox* m_nudge;
    QSlider* m_volume;
    QLabel* m_zoom;
};

} // namespace lipsync::ui

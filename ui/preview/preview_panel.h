// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace lipsync::ui {

class ActionRegistry;
class PictureView;
class PlaybackController;

/// The picture and the transport below it.
class PreviewPanel final : public QWidget {
    Q_OBJECT

public:
    PreviewPanel(PlaybackController& playback, const ActionRegistry& actions, QWidget* parent = nullptr);

    PictureView& view() { return *m_view; }

private:
    PictureView* m_view;
};

} // namespace lipsync::ui

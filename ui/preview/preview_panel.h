// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QVBoxLayout;

namespace lipsync::ui {

class ActionRegistry;
class PictureView;
class PlaybackController;
class TransportBar;

/// The picture and the bars below it; alone on the screen if that is wished for.
class PreviewPanel final : public QWidget {
    Q_OBJECT

public:
    PreviewPanel(PlaybackController& playback, const ActionRegistry& actions, QWidget* parent = nullptr);

    PictureView& view() { return *m_view; }
    /// Puts a bar below the transport.
    void addBar(QWidget* bar);

    /// While live, the view shows what view().showPicture() is given and nothing of the playback, which pauses.
    void setLive(bool isLive);
    bool isLive() const { return m_isLive; }

    /// Fills the screen with the panel, or puts it back; Escape does so, too.
    void setFullScreen(bool isFull);

Q_SIGNALS:
    void fullScreenChanged(bool isFull);
    void liveChanged(bool isLive);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    PlaybackController& m_playback;
    const ActionRegistry& m_actions;
    PictureView* m_view;
    TransportBar* m_transport;
    QVBoxLayout* m_column;
    bool m_isLive = false;
};

} // namespace lipsync::ui

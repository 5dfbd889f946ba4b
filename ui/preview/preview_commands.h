// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <memory>

#include <QObject>
#include <QString>

class QAction;
class QSettings;

namespace lipsync::ui {

class ActionRegistry;
class Dialogs;
class EngineBridge;
class FileSaver;
class PlaybackController;
class PreviewPanel;
class PreviewTools;

/// What the commands of the preview work with; everything outlives them.
struct PreviewServices {
    PlaybackController& playback;
    EngineBridge& bridge;
    ActionRegistry& actions;
    Dialogs& dialogs;
    QSettings& settings;
};

/// What addPreviewActions() added, done: loop, nudge, volume, before and after, zoom, figures, full screen, and frames
/// that are saved. Remembers what an operator sets once for a machine. A child of the panel.
class PreviewCommands final : public QObject {
    Q_OBJECT

public:
    PreviewCommands(PreviewPanel& panel, PreviewServices services);
    ~PreviewCommands() override;

    /// The figures over the picture while the panel is live.
    void showLive(const LiveStatistics& statistics);

Q_SIGNALS:
    /// News for the banner.
    void told(const QString& sentence);
    void refused(const QString& sentence);

private:
    void connectLoop();
    void connectSound();
    void connectView();
    void connectFigures();
    void restore();
    void showState();
    void showPlayback(const PreviewStatistics& statistics);
    void saveFrame();
    void write(const QString& name, const std::shared_ptr<const Picture>& picture);
    QString proposedName(std::int64_t frame) const;
    QAction* action(const char* id) const;

    PreviewPanel& m_panel;
    PreviewServices m_services;
    PreviewTools* m_tools;
    FileSaver* m_saver;
    QString m_avatarName;
};

} // namespace lipsync::ui

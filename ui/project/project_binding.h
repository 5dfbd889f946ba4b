// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/project/project_document.h"

#include <vector>

#include <QObject>

namespace lipsync::ui {

class ExportDraft;
class ExportQueueBridge;
class LibraryModel;
class PlaybackController;

/// Keeps the project and what is on the desk the same: what the operator opens or sets is an edit of the project, and
/// what the project says (opened, undone, redone) is opened and set. All must outlive it.
class ProjectBinding final : public QObject {
    Q_OBJECT

public:
    ProjectBinding(ProjectDocument& document, LibraryModel& library, PlaybackController& playback, ExportDraft& draft,
                   ExportQueueBridge& queue, QObject* parent = nullptr);

private:
    void takeAvatar();
    void takeVoice();
    void takeLoop();
    void takeExport();
    std::vector<QueuedExport> waitingExports() const;
    void takeQueue();
    void openFiles();
    bool lacksAvatar() const;
    bool lacksVoice() const;
    void giveLoop();
    void giveExport();
    void giveQueue();
    void follow(ProjectPart part);

    ProjectDocument& m_document;
    LibraryModel& m_library;
    PlaybackController& m_playback;
    ExportDraft& m_draft;
    ExportQueueBridge& m_queue;
    std::vector<QueuedExport> m_unplaced; ///< exports of the project whose files are gone: they stay in it
    bool m_hasQueue = false; ///< the exports of the journal are known
    bool m_isTaking = false; ///< what changes now comes from the desk
    bool m_isGiving = false; ///< what changes now comes from the project
};

} // namespace lipsync::ui

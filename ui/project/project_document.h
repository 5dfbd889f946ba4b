// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/project/project_clock.h"
#include "ui/project/project_data.h"

#include <QObject>
#include <QUndoStack>

namespace lipsync::ui {

/// What of a project has changed.
enum class ProjectPart { Avatar, Voice, Loop, Plan, Export, Queue, Layout };

/// The project on the desk: its values, every edit undoable, and whether it differs from its file. Edits of one kind
/// that follow each other within two seconds are one (a slider that is dragged). A value that is set again is no edit.
/// Knows no files and no window.
class ProjectDocument final : public QObject {
    Q_OBJECT

public:
    /// The clock must outlive the document.
    explicit ProjectDocument(const ProjectClock& clock, QObject* parent = nullptr);

    const ProjectData& data() const { return m_data; }
    QUndoStack& undoStack() { return m_undo; }

    /// Edits. The first avatar and the first voice of an empty project are its beginning and cannot be undone.
    void setAvatar(const QString& folder);
    void setVoice(const QString& file);
    void setLoop(const std::optional<LoopRange>& loop);
    void setPlan(const ConcurrencyPlan& plan);
    void setExportSettings(const ExportSettings& settings);

    /// State that is saved with the document and cannot be undone. A queue that is another than in the file is an unsaved
    /// change; without a file it is none, because the exports have a journal of their own.
    void setQueue(const std::vector<QueuedExport>& queue);
    /// The queue as the project begins with it: no change.
    void beginWithQueue(const std::vector<QueuedExport>& queue);
    void setLayout(const QByteArray& layout); ///< no change: the window remembers it
    void fillPlan(const ConcurrencyPlan& plan); ///< no change: it is in force anyway
    /// Whether it was read from a file or written to one.
    void setHasFile(bool hasFile);

    /// Another project takes the place of this one; edits are forgotten. replaced() follows, no partChanged().
    /// `isModified`: it differs from its file, as one that was recovered does.
    void replace(const ProjectData& data, bool isModified = false);

    bool isModified() const { return m_isModified; }
    /// Counts changes; what was saved at the present revision is no longer modified.
    quint64 revision() const { return m_revision; }
    void markSaved(quint64 revision);

Q_SIGNALS:
    /// By an edit, its undoing or redoing.
    void partChanged(lipsync::ui::ProjectPart part);
    void replaced();
    void changed(); ///< either
    void modifiedChanged(bool isModified);

private:
    template <typename Value> friend class ProjectEdit;
    template <typename Value> void edit(ProjectPart part, Value ProjectData::*field, Value value, const QString& name);
    template <typename Value> void put(ProjectPart part, Value ProjectData::*field, const Value& value);
    void begin(ProjectPart part, QString ProjectData::*field, const QString& value);
    void updateModified();

    const ProjectClock& m_clock;
    ProjectData m_data;
    QUndoStack m_undo;
    quint64 m_revision = 0;
    std::vector<QueuedExport> m_savedQueue; ///< as the file has it, or began with
    bool m_hasFile = false;
    bool m_hasBegun = false; ///< its first avatar and voice are no beginning any more
    bool m_isTouched = false; ///< differs from the file by more than the undo stack knows
    bool m_isModified = false;
};

} // namespace lipsync::ui

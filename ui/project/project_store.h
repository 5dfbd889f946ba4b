// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/engine_bridge/work_lane.h"
#include "ui/project/project_clock.h"
#include "ui/project/project_files.h"
#include "ui/project/recent_projects.h"

#include <chrono>

#include <QObject>
#include <QString>
#include <QStringList>

namespace lipsync::ui {

class ProjectDocument;

/// The files of the project on the desk: opens and saves it, keeps unsaved work in a recovery file, and gives it back
/// after a crash. Reads and writes on the thread "ui-project", in the order in which it is asked. Document, clock and
/// settings must outlive it; its destructor finishes what was begun.
class ProjectStore final : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::seconds kAutosaveWait{10}; ///< most work that a crash takes

    ProjectStore(ProjectDocument& document, ProjectClock& clock, QSettings& settings, const QString& recoveryFolder,
                 QObject* parent = nullptr);
    ~ProjectStore() override;

    ProjectDocument& document() { return m_document; }
    RecentProjects& recent() { return m_recent; }
    /// Where save() writes to; empty for a project that was never saved.
    QString file() const { return m_file; }
    /// Its name for a title bar.
    QString title() const;

    /// An empty project with the avatar and the voice that are on the desk.
    void startNew();
    /// Replaces the project on the desk; opened() or refused() follows. A refused one changes nothing.
    void open(const QString& file);
    /// Writes the project as it is now; saved() or refused() follows. save() without a file() does nothing.
    void save();
    void saveAs(const QString& file);
    /// Whether an open or save is under way.
    bool isBusy() const { return m_jobs > 0; }

    /// Looks for work that a crash left; recoveryFound() follows if there is some.
    void lookForRecovery();
    /// Puts that work on the desk, as unsaved changes of its project; opened() or refused() follows.
    void recover();
    /// Throws that work away.
    void forgetRecovery();
    /// Unsaved changes are not wanted: what was kept of them is removed.
    void discard();

    /// Milliseconds until unsaved work is kept.
    void setAutosaveWait(std::chrono::milliseconds wait) { m_autosaveWait = wait; }

Q_SIGNALS:
    /// The document is about to be written: the moment to hand it what is no edit, e.g. the layout.
    void aboutToWrite();
    void fileChanged();
    /// A project is on the desk; a sentence for every file that it lacks.
    void opened(const QStringList& missing);
    void saved();
    void autosaved();
    void refused(const QString& sentence);
    void recoveryFound(const lipsync::ui::UnsavedWork& work);

private:
    void write(const QString& file);
    void adopt(const QString& file, const ReadProject& read, bool isModified);
    void setFile(const QString& file);
    void scheduleAutosave();
    void autosave(const QString& replaces = {});
    void removePresent();
    void tellCrashed(const QString& file, const Result<ReadProject>& read);
    void refuse(const Error& error);

    ProjectDocument& m_document;
    ProjectClock& m_clock;
    RecoveryFolder m_recovery;
    RecentProjects m_recent;
    QString m_file;
    QString m_crashed; ///< recovery file that waits for an answer
    std::optional<ReadProject> m_crashedWork;
    std::chrono::milliseconds m_autosaveWait = kAutosaveWait;
    bool m_isAutosaveDue = false;
    int m_jobs = 0;
    WorkLane m_lane{*this, QStringLiteral("ui-project")};
};

} // namespace lipsync::ui

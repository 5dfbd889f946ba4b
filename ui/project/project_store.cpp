// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/project_store.h"

#include "ui/project/project_document.h"

#include <utility>

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace lipsync::ui {

ProjectStore::ProjectStore(ProjectDocument& document, ProjectClock& clock, QSettings& settings,
                           const QString& recoveryFolder, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_clock(clock)
    , m_recovery(recoveryFolder)
    , m_recent(settings)
{
    m_lane.run([recoveryFolder] { QDir().mkpath(recoveryFolder); });
    connect(&document, &ProjectDocument::changed, this, &ProjectStore::scheduleAutosave);
    connect(&document, &ProjectDocument::modifiedChanged, this, &ProjectStore::scheduleAutosave);
}

ProjectStore::~ProjectStore()
{
    m_clock.forget();
}

QString ProjectStore::title() const
{
    return m_file.isEmpty() ? tr("Untitled project") : QFileInfo(m_file).completeBaseName();
}

void ProjectStore::startNew()
{
    ProjectData data;
    data.avatar = m_document.data().avatar;
    data.voice = m_document.data().voice;
    data.layout = m_document.data().layout;
    adopt({}, {data, {}, {}}, false);
}

void ProjectStore::open(const QString& file)
{
    ++m_jobs;
    const QString whole = QFileInfo(file).absoluteFilePath();
    m_lane.run([this, whole] {
        m_lane.post([this, whole, read = readProjectFile(whole)] {
            --m_jobs;
            if (!read) {
                if (!QFileInfo::exists(whole))
                    m_recent.remove(whole);
                refuse(read.error());
                scheduleAutosave(); // what was not wanted any more is still on the desk
            } else if (read->unsaved && read->unsaved->file.isEmpty()) {
                adopt({}, *read, true); // a recovery file, opened by hand
            } else {
                adopt(read->unsaved ? read->unsaved->file : whole, *read, read->unsaved.has_value());
            }
        });
    });
}

void ProjectStore::save()
{
    if (!m_file.isEmpty())
        write(m_file);
}

void ProjectStore::saveAs(const QString& file)
{
    const QString suffix = QString::fromLatin1(kProjectSuffix);
    const QString whole = QFileInfo(file).absoluteFilePath();
    write(whole.endsWith(suffix, Qt::CaseInsensitive) ? whole : whole + suffix);
}

void ProjectStore::write(const QString& file)
{
    Q_EMIT aboutToWrite();
    ++m_jobs;
    m_lane.run([this, file, data = m_document.data(), revision = m_document.revision()] {
        m_lane.post([this, file, revision, written = writeProjectFile(file, toJson(data, file))] {
            --m_jobs;
            if (!written) {
                refuse(written.error());
                return;
            }
            setFile(file);
            m_recent.add(file);
            m_document.markSaved(revision);
            if (!m_document.isModified())
                removePresent();
            Q_EMIT saved();
        });
    });
}

void ProjectStore::adopt(const QString& file, const ReadProject& read, bool isModified)
{
    removePresent();
    setFile(file);
    if (!file.isEmpty())
        m_recent.add(file);
    m_document.replace(read.data, isModified);
    Q_EMIT opened(read.missing);
}

void ProjectStore::setFile(const QString& file)
{
    if (std::exchange(m_file, file) == file)
        return;
    m_document.setHasFile(!file.isEmpty());
    Q_EMIT fileChanged();
}

void ProjectStore::scheduleAutosave()
{
    if (m_isAutosaveDue || !m_document.isModified())
        return;
    m_isAutosaveDue = true;
    m_clock.callAfter(m_autosaveWait, [this] {
        m_isAutosaveDue = false;
        autosave();
    });
}

// `replaces`: a file that is removed once the work is safe in the other.
void ProjectStore::autosave(const QString& replaces)
{
    if (!m_document.isModified()) { // everything was undone
        removePresent();
        return;
    }
    Q_EMIT aboutToWrite();
    const UnsavedWork work{m_file, m_clock.now()};
    m_lane.run([this, work, replaces, data = m_document.data(), file = m_recovery.present()] {
        const Status written = writeProjectFile(file, toJson(data, file, work));
        if (written && !replaces.isEmpty())
            QFile::remove(replaces);
        m_lane.post([this, written] {
            if (written)
                Q_EMIT autosaved();
            else
                refuse(written.error());
        });
    });
}

void ProjectStore::removePresent()
{
    m_isAutosaveDue = false;
    m_clock.forget();
    m_lane.run([file = m_recovery.present()] { QFile::remove(file); });
}

void ProjectStore::discard()
{
    removePresent();
}

void ProjectStore::lookForRecovery()
{
    ++m_jobs;
    m_lane.run([this, now = m_clock.now()] {
        const QString crashed = m_recovery.takeCrashed(now);
        if (crashed.isEmpty())
            m_lane.post([this] { --m_jobs; });
        else
            m_lane.post([this, crashed, read = readProjectFile(crashed)] { tellCrashed(crashed, read); });
    });
}

void ProjectStore::tellCrashed(const QString& file, const Result<ReadProject>& read)
{
    --m_jobs;
    if (read && read->unsaved) {
        m_crashed = file;
        m_crashedWork = *read;
        Q_EMIT recoveryFound(*read->unsaved);
        return;
    }
    m_lane.run([this, file] {
        m_lane.post([this, kept = RecoveryFolder::putAside(file)] {
            Q_EMIT refused(tr("The studio kept unsaved work before it ended last time, but the file is damaged. It was "
                              "kept as %1.")
                               .arg(kept));
        });
    });
}

void ProjectStore::recover()
{
    if (!m_crashedWork)
        return;
    const ReadProject work = *std::exchange(m_crashedWork, std::nullopt);
    adopt(work.unsaved->file, work, true);
    autosave(std::exchange(m_crashed, {}));
}

void ProjectStore::forgetRecovery()
{
    m_crashedWork.reset();
    if (const QString file = std::exchange(m_crashed, {}); !file.isEmpty())
        m_lane.run([file] { QFile::remove(file); });
}

void ProjectStore::refuse(const Error& error)
{
    Q_EMIT refused(QString::fromStdString(error.text()));
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/project_binding.h"

#include "ui/engine_bridge/export_queue_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_draft.h"
#include "ui/library/library_model.h"
#include "ui/playback/playback_controller.h"

#include <algorithm>
#include <utility>

#include <QDir>
#include <QFileInfo>
#include <QScopedValueRollback>

namespace lipsync::ui {
namespace {

QString wholeName(const std::filesystem::path& path)
{
    return QDir::cleanPath(QFileInfo(fromPath(path)).absoluteFilePath());
}

bool isThere(const QString& name)
{
    return !name.isEmpty() && QFileInfo::exists(name);
}

bool waits(const ExportJob& job)
{
    return job.state == ExportJobState::Waiting || job.state == ExportJobState::Running ||
        job.state == ExportJobState::Paused;
}

} // namespace

ProjectBinding::ProjectBinding(ProjectDocument& document, LibraryModel& library, PlaybackController& playback,
                               ExportDraft& draft, ExportQueueBridge& queue, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_library(library)
    , m_playback(playback)
    , m_draft(draft)
    , m_queue(queue)
{
    connect(&library, &LibraryModel::avatarChanged, this, &ProjectBinding::takeAvatar);
    connect(&library, &LibraryModel::voiceChanged, this, &ProjectBinding::takeVoice);
    // A new preview begins without a loop and gets that of the project in the next breath: what counts is what is there
    // afterwards.
    connect(&playback, &PlaybackController::loopChanged, this, &ProjectBinding::takeLoop, Qt::QueuedConnection);
    connect(&playback, &PlaybackController::opened, this, &ProjectBinding::giveLoop);
    connect(&draft, &ExportDraft::changed, this, &ProjectBinding::takeExport);
    connect(&queue, &ExportQueueBridge::changed, this, &ProjectBinding::takeQueue);
    connect(&document, &ProjectDocument::partChanged, this, &ProjectBinding::follow);
    connect(&document, &ProjectDocument::replaced, this, [this] {
        openFiles();
        giveLoop();
        giveExport();
        giveQueue();
    });
}

void ProjectBinding::takeAvatar()
{
    const QScopedValueRollback taking(m_isTaking, true);
    if (m_library.avatar())
        m_document.setAvatar(wholeName(m_library.avatar()->folder));
}

void ProjectBinding::takeVoice()
{
    const QScopedValueRollback taking(m_isTaking, true);
    if (m_library.voice())
        m_document.setVoice(wholeName(m_library.voice()->file));
}

void ProjectBinding::takeLoop()
{
    if (m_library.isOpening() || m_playback.state() == PlaybackState::Empty)
        return; // the loop that counts comes with the preview
    const QScopedValueRollback taking(m_isTaking, true);
    m_document.setLoop(m_playback.loop());
}

void ProjectBinding::takeExport()
{
    if (m_isGiving)
        return;
    const QScopedValueRollback taking(m_isTaking, true);
    ExportSettings settings = m_document.data().exportSettings;
    settings.format = m_draft.format();
    settings.quality = m_draft.quality();
    settings.output = m_draft.isOutputChosen() ? m_draft.output().trimmed() : QString();
    m_document.setExportSettings(settings);
}

std::vector<QueuedExport> ProjectBinding::waitingExports() const
{
    std::vector<QueuedExport> queue;
    for (const ExportJob& job : m_queue.jobs())
        if (waits(job))
            queue.push_back(toQueuedExport(job.request));
    return queue;
}

void ProjectBinding::takeQueue()
{
    if (!std::exchange(m_hasQueue, true)) {
        giveQueue();
        return;
    }
    std::vector<QueuedExport> queue = waitingExports();
    queue.insert(queue.end(), m_unplaced.begin(), m_unplaced.end());
    m_document.setQueue(queue);
}

bool ProjectBinding::lacksAvatar() const
{
    const QString& wanted = m_document.data().avatar;
    return isThere(wanted) && !(m_library.avatar() && wholeName(m_library.avatar()->folder) == wanted);
}

bool ProjectBinding::lacksVoice() const
{
    const QString& wanted = m_document.data().voice;
    return isThere(wanted) && !(m_library.voice() && wholeName(m_library.voice()->file) == wanted);
}

void ProjectBinding::openFiles()
{
    const ProjectData& data = m_document.data();
    if (lacksAvatar() && lacksVoice())
        m_library.open(toPath(data.avatar), toPath(data.voice));
    else if (lacksAvatar())
        m_library.openAvatar(toPath(data.avatar));
    else if (lacksVoice())
        m_library.openVoice(toPath(data.voice));
}

void ProjectBinding::giveLoop()
{
    if (!m_library.isOpening())
        m_playback.setLoop(m_document.data().loop);
}

void ProjectBinding::giveExport()
{
    const QScopedValueRollback giving(m_isGiving, true);
    const ExportSettings& settings = m_document.data().exportSettings;
    m_draft.setFormat(settings.format);
    m_draft.setQuality(settings.quality);
    if (settings.output.isEmpty())
        m_draft.useSuggestedOutput();
    else
        m_draft.setOutput(settings.output);
}

void ProjectBinding::giveQueue()
{
    if (!m_hasQueue)
        return; // it follows when the journal is read
    m_unplaced.clear();
    std::vector<QueuedExport> queue = waitingExports();
    const std::vector<ExportJob> present = m_queue.jobs();
    const std::vector<QueuedExport> wanted = m_document.data().queue;
    for (const QueuedExport& queued : wanted) {
        const ExportRequest request = toRequest(queued);
        const bool isInQueue = std::any_of(present.begin(), present.end(),
                                           [&](const ExportJob& job) { return job.request.output == request.output; });
        if (isInQueue)
            continue;
        if (isThere(queued.avatar) && isThere(queued.voice)) {
            m_queue.add(request, false);
            queue.push_back(queued);
        } else {
            m_unplaced.push_back(queued);
        }
    }
    // What waited before belongs to it from now on, and comes first.
    queue.insert(queue.end(), m_unplaced.begin(), m_unplaced.end());
    m_document.beginWithQueue(queue);
}

void ProjectBinding::follow(ProjectPart part)
{
    if (m_isTaking)
        return;
    const ProjectData& data = m_document.data();
    if (part == ProjectPart::Avatar && lacksAvatar())
        m_library.openAvatar(toPath(data.avatar));
    else if (part == ProjectPart::Voice && lacksVoice())
        m_library.openVoice(toPath(data.voice));
    else if (part == ProjectPart::Loop)
        giveLoop();
    else if (part == ProjectPart::Export)
        giveExport();
}

} // namespace lipsync::ui

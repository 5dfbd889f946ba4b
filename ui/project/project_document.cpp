// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/project_document.h"

#include <utility>

#include <QUndoCommand>

namespace lipsync::ui {
namespace {

constexpr qint64 kOneEditMs = 2000;
constexpr int kMostEdits = 500; // kept for undoing

} // namespace

/// One value of the document, before and after.
template <typename Value> class ProjectEdit final : public QUndoCommand {
public:
    ProjectEdit(ProjectDocument& document, ProjectPart part, Value ProjectData::*field, Value after,
                const QString& name)
        : QUndoCommand(name)
        , m_document(document)
        , m_part(part)
        , m_field(field)
        , m_before(document.m_data.*field)
        , m_after(std::move(after))
        , m_time(document.m_clock.now())
    {
    }

    void undo() override { m_document.put(m_part, m_field, m_before); }
    void redo() override { m_document.put(m_part, m_field, m_after); }
    int id() const override { return static_cast<int>(m_part); }
    bool mergeWith(const QUndoCommand* other) override
    {
        // The stack asks commands with the same id, which are of the same type.
        const auto& next = static_cast<const ProjectEdit&>(*other);
        if (m_time.msecsTo(next.m_time) > kOneEditMs)
            return false;
        m_after = next.m_after;
        m_time = next.m_time;
        setObsolete(m_after == m_before);
        return true;
    }

private:
    ProjectDocument& m_document;
    ProjectPart m_part;
    Value ProjectData::*m_field;
    Value m_before;
    Value m_after;
    QDateTime m_time;
};

ProjectDocument::ProjectDocument(const ProjectClock& clock, QObject* parent)
    : QObject(parent)
    , m_clock(clock)
{
    m_undo.setUndoLimit(kMostEdits);
    connect(&m_undo, &QUndoStack::cleanChanged, this, &ProjectDocument::updateModified);
}

void ProjectDocument::setAvatar(const QString& folder)
{
    if (m_data.avatar.isEmpty() && !folder.isEmpty())
        begin(ProjectPart::Avatar, &ProjectData::avatar, folder);
    else
        edit(ProjectPart::Avatar, &ProjectData::avatar, folder, tr("another avatar"));
}

void ProjectDocument::setVoice(const QString& file)
{
    if (m_data.voice.isEmpty() && !file.isEmpty())
        begin(ProjectPart::Voice, &ProjectData::voice, file);
    else
        edit(ProjectPart::Voice, &ProjectData::voice, file, tr("another voice"));
}

void ProjectDocument::setLoop(const std::optional<LoopRange>& loop)
{
    edit(ProjectPart::Loop, &ProjectData::loop, loop, tr("loop range"));
}

void ProjectDocument::setPlan(const ConcurrencyPlan& plan)
{
    edit(ProjectPart::Plan, &ProjectData::plan, std::optional(plan), tr("concurrency"));
}

void ProjectDocument::setExportSettings(const ExportSettings& settings)
{
    edit(ProjectPart::Export, &ProjectData::exportSettings, settings, tr("export settings"));
}

void ProjectDocument::setQueue(const std::vector<QueuedExport>& queue)
{
    if (queue != m_data.queue)
        put(ProjectPart::Queue, &ProjectData::queue, queue);
}

void ProjectDocument::beginWithQueue(const std::vector<QueuedExport>& queue)
{
    m_savedQueue = queue;
    setQueue(queue);
    updateModified();
}

void ProjectDocument::setLayout(const QByteArray& layout)
{
    if (layout != m_data.layout)
        put(ProjectPart::Layout, &ProjectData::layout, layout);
}

void ProjectDocument::fillPlan(const ConcurrencyPlan& plan)
{
    put(ProjectPart::Plan, &ProjectData::plan, std::optional(plan));
}

void ProjectDocument::setHasFile(bool hasFile)
{
    m_hasFile = hasFile;
    updateModified();
}

void ProjectDocument::replace(const ProjectData& data, bool isModified)
{
    m_undo.clear();
    m_data = data;
    m_savedQueue = data.queue;
    m_isTouched = isModified;
    m_hasBegun = !data.avatar.isEmpty() || !data.voice.isEmpty();
    ++m_revision;
    Q_EMIT replaced();
    Q_EMIT changed();
    updateModified();
}

void ProjectDocument::markSaved(quint64 revision)
{
    if (revision != m_revision)
        return;
    m_isTouched = false;
    m_hasBegun = true;
    m_savedQueue = m_data.queue;
    m_undo.setClean();
    updateModified();
}

template <typename Value>
void ProjectDocument::edit(ProjectPart part, Value ProjectData::*field, Value value, const QString& name)
{
    if (m_data.*field != value)
        m_undo.push(new ProjectEdit<Value>(*this, part, field, std::move(value), name));
}

template <typename Value> void ProjectDocument::put(ProjectPart part, Value ProjectData::*field, const Value& value)
{
    m_data.*field = value;
    ++m_revision;
    Q_EMIT partChanged(part);
    Q_EMIT changed();
    updateModified();
}

void ProjectDocument::begin(ProjectPart part, QString ProjectData::*field, const QString& value)
{
    m_isTouched = m_isTouched || m_hasBegun;
    put(part, field, value);
}

void ProjectDocument::updateModified()
{
    const bool isModified = m_isTouched || !m_undo.isClean() || (m_hasFile && m_data.queue != m_savedQueue);
    if (std::exchange(m_isModified, isModified) != isModified)
        Q_EMIT modifiedChanged(isModified);
}

} // namespace lipsync::ui

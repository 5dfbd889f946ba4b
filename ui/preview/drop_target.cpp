// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/drop_target.h"

#include "ui/preview/dropped_files.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QWidget>

namespace lipsync::ui {

DropTarget::DropTarget(QWidget& widget)
    : QObject(&widget)
{
    widget.setAcceptDrops(true);
    widget.installEventFilter(this);
}

bool DropTarget::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::DragEnter:
        enter(static_cast<QDropEvent&>(*event));
        return true;
    case QEvent::DragLeave:
        Q_EMIT hovered(false);
        return true;
    case QEvent::Drop:
        Q_EMIT hovered(false);
        drop(static_cast<QDropEvent&>(*event));
        return true;
    default:
        return QObject::eventFilter(watched, event);
    }
}

void DropTarget::enter(QDropEvent& event)
{
    if (!event.mimeData()->hasUrls()) {
        event.ignore();
        return;
    }
    const DroppedFiles files = sortDroppedFiles(event.mimeData()->urls());
    if (!files.refusal.isEmpty()) {
        event.ignore();
        Q_EMIT refused(files.refusal);
        return;
    }
    event.acceptProposedAction();
    Q_EMIT hovered(true);
}

void DropTarget::drop(QDropEvent& event)
{
    const DroppedFiles files = sortDroppedFiles(event.mimeData()->urls());
    if (!files.refusal.isEmpty()) {
        event.ignore();
        Q_EMIT refused(files.refusal);
        return;
    }
    event.acceptProposedAction();
    if (files.avatar)
        Q_EMIT avatarDropped(*files.avatar);
    if (files.voice)
        Q_EMIT voiceDropped(*files.voice);
}

} // namespace lipsync::ui

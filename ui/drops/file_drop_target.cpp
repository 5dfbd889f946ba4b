// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drops/file_drop_target.h"

#include <algorithm>

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QWidget>

namespace lipsync::ui {

FileDropTarget::FileDropTarget(QWidget& widget)
    : QObject(&widget)
{
    widget.setAcceptDrops(true);
    widget.installEventFilter(this);
}

bool FileDropTarget::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::DragEnter: {
        auto& entering = static_cast<QDropEvent&>(*event);
        entering.setAccepted(canTake(entering));
        if (entering.isAccepted()) {
            entering.acceptProposedAction();
            Q_EMIT hovered(true);
        }
        return true;
    }
    case QEvent::DragLeave:
        Q_EMIT hovered(false);
        return true;
    case QEvent::Drop: {
        auto& drop = static_cast<QDropEvent&>(*event);
        Q_EMIT hovered(false);
        if (!drop.mimeData()->hasUrls()) {
            drop.ignore();
            return true;
        }
        drop.acceptProposedAction();
        Q_EMIT dropped(drop.mimeData()->urls());
        return true;
    }
    default:
        return QObject::eventFilter(watched, event);
    }
}

bool FileDropTarget::canTake(const QDropEvent& event)
{
    const QList<QUrl> urls = event.mimeData()->urls();
    return std::any_of(urls.begin(), urls.end(), [](const QUrl& url) { return url.isLocalFile(); });
}

} // namespace lipsync::ui

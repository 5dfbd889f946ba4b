// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/focus_keys.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QKeyEvent>

namespace lipsync::ui {

bool FocusKeys::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::ShortcutOverride)
        return false;
    const bool isPressedBySpace = qobject_cast<QAbstractButton*>(watched) || qobject_cast<QComboBox*>(watched);
    if (!isPressedBySpace || static_cast<QKeyEvent*>(event)->key() != Qt::Key_Space)
        return false;
    event->accept();
    return true;
}

} // namespace lipsync::ui

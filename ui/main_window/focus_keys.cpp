// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/focus_keys.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDockWidget>
#include <QKeyEvent>

namespace lipsync::ui {

namespace {

// The panel, or the window without one.
const QWidget* placeOf(const QWidget& widget)
{
    const QWidget* place = &widget;
    while (!place->isWindow() && !qobject_cast<const QDockWidget*>(place))
        place = place->parentWidget();
    return place;
}

// To the next control of the same place that is no button, or to nothing.
void passFocusOn(QWidget& from)
{
    QWidget* present = from.window()->focusWidget();
    if (!qobject_cast<QAbstractButton*>(present))
        return;
    for (QWidget* next = from.nextInFocusChain(); next != &from; next = next->nextInFocusChain()) {
        const bool mayHaveIt = next->isVisible() && next->isEnabled() &&
            (next->focusPolicy() & Qt::TabFocus) == Qt::TabFocus && !qobject_cast<QAbstractButton*>(next);
        if (mayHaveIt && placeOf(*next) == placeOf(from))
            return next->setFocus(Qt::OtherFocusReason);
    }
    present->clearFocus();
}

} // namespace

bool FocusKeys::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusOut) {
        auto* button = qobject_cast<QAbstractButton*>(watched);
        if (button && !button->isEnabled())
            m_left = button;
        return false;
    }
    if (event->type() == QEvent::EnabledChange && watched == m_left) {
        passFocusOn(*m_left);
        m_left.clear();
        return false;
    }
    if (event->type() != QEvent::ShortcutOverride)
        return false;
    const bool isPressedBySpace = qobject_cast<QAbstractButton*>(watched) || qobject_cast<QComboBox*>(watched);
    if (!isPressedBySpace || static_cast<QKeyEvent*>(event)->key() != Qt::Key_Space)
        return false;
    event->accept();
    return true;
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/tool_button.h"

#include <QAction>
#include <QToolButton>

namespace lipsync::ui {

QToolButton* makeToolButton(QAction* action)
{
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setIconSize(kToolIconSize);
    button->setAutoRaise(true);
    prepareToolButton(*button);
    return button;
}

void prepareToolButton(QToolButton& button)
{
    // The space bar belongs to play; only who tabs to a button presses it by key.
    button.setFocusPolicy(Qt::TabFocus);
    button.setAccessibleName(button.defaultAction()->iconText());
    button.setAccessibleDescription(button.defaultAction()->statusTip());
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_bar.h"

#include "ui/actions/action_registry.h"

#include <QAction>
#include <QToolBar>
#include <QToolButton>

namespace lipsync::ui {

QToolBar* makeActionBar(const ActionRegistry& actions, const QStringList& ids, const QString& name)
{
    constexpr QSize kIconSize{18, 18};
    auto* bar = new QToolBar(name);
    bar->setObjectName(QStringLiteral("panelBar"));
    bar->setAccessibleName(name);
    bar->setIconSize(kIconSize);
    bar->setToolButtonStyle(Qt::ToolButtonIconOnly);
    actions.fill(*bar, ids);
    for (QAction* action : bar->actions()) {
        auto* button = qobject_cast<QToolButton*>(bar->widgetForAction(action));
        if (action->isSeparator() || !button)
            continue;
        button->setFocusPolicy(Qt::TabFocus); // the space bar belongs to play
        button->setAccessibleName(action->iconText());
        button->setAccessibleDescription(action->statusTip());
    }
    return bar;
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"

#include "ui/theme/theme_tokens.h"
#include "ui/theme/tinted_icon.h"

#include <QAction>
#include <QWidget>

namespace lipsync::ui {

QAction* ActionRegistry::add(const ActionSpec& spec)
{
    Q_ASSERT(m_actions.count(spec.id) == 0);
    auto* action = new QAction(spec.text, this);
    action->setObjectName(spec.id);
    action->setShortcuts(spec.shortcuts);
    action->setCheckable(spec.checkable);
    const QString shortcut = action->shortcut().toString(QKeySequence::NativeText);
    action->setToolTip(shortcut.isEmpty() ? spec.toolTip : tr("%1 (%2)").arg(spec.toolTip, shortcut));
    action->setStatusTip(spec.toolTip);
    m_actions.emplace(spec.id, action);
    m_icons.emplace(spec.id, spec.icon);
    m_order.append(spec.id);
    paint(spec.id);
    return action;
}

QAction* ActionRegistry::action(const QString& id) const
{
    const auto found = m_actions.find(id);
    Q_ASSERT(found != m_actions.end());
    return found->second;
}

QStringList ActionRegistry::ids() const
{
    return m_order;
}

void ActionRegistry::fill(QWidget& menuOrBar, const QStringList& ids) const
{
    for (const QString& id : ids) {
        if (id.isEmpty()) {
            auto* separator = new QAction(&menuOrBar);
            separator->setSeparator(true);
            menuOrBar.addAction(separator);
        } else {
            menuOrBar.addAction(action(id));
        }
    }
}

void ActionRegistry::setIcon(const QString& id, const QString& icon)
{
    m_icons[id] = icon;
    paint(id);
}

void ActionRegistry::tint(const ThemeTokens& tokens)
{
    m_tokens = std::make_shared<const ThemeTokens>(tokens);
    for (const QString& id : m_order)
        paint(id);
}

void ActionRegistry::paint(const QString& id)
{
    const QString& icon = m_icons[id];
    if (m_tokens && !icon.isEmpty())
        action(id)->setIcon(tintedIcon(icon, *m_tokens));
}

} // namespace lipsync::ui

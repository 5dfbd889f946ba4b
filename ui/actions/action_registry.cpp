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
    action->setCheckable(spec.checkable);
    action->setStatusTip(spec.toolTip);
    m_actions.emplace(spec.id, action);
    m_icons.emplace(spec.id, spec.icon);
    m_firstShortcuts.emplace(spec.id, spec.shortcuts);
    setShortcuts(spec.id, spec.shortcuts);
    m_order.append(spec.id);
    QStringList& menu = m_menus[spec.menu];
    if (spec.startsGroup && !menu.isEmpty())
        menu.append(QString());
    menu.append(spec.id);
    paint(spec.id);
    Q_EMIT added(spec.id);
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

MenuName ActionRegistry::menuOf(const QString& id) const
{
    for (const auto& [menu, ids] : m_menus)
        if (ids.contains(id))
            return menu;
    return MenuName::None;
}

QStringList ActionRegistry::idsOf(MenuName menu) const
{
    const auto found = m_menus.find(menu);
    return menu == MenuName::None || found == m_menus.end() ? QStringList() : found->second;
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

QList<QKeySequence> ActionRegistry::firstShortcuts(const QString& id) const
{
    const auto found = m_firstShortcuts.find(id);
    Q_ASSERT(found != m_firstShortcuts.end());
    return found->second;
}

void ActionRegistry::setShortcuts(const QString& id, const QList<QKeySequence>& shortcuts)
{
    QAction* changed = action(id);
    changed->setShortcuts(shortcuts);
    const QString keys = changed->shortcut().toString(QKeySequence::NativeText);
    const QString toolTip = changed->statusTip();
    changed->setToolTip(keys.isEmpty() ? toolTip : tr("%1 (%2)").arg(toolTip, keys));
    Q_EMIT shortcutsChanged(id);
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

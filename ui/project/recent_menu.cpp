// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/recent_menu.h"

#include "ui/actions/action_registry.h"
#include "ui/project/project_actions.h"
#include "ui/project/project_commands.h"
#include "ui/project/recent_projects.h"

#include <QDir>
#include <QFileInfo>

namespace lipsync::ui {

RecentMenu::RecentMenu(RecentProjects& recent, ProjectCommands& commands, ActionRegistry& actions, QWidget* parent)
    : QMenu(tr("Open &Recent Project"), parent)
    , m_recent(recent)
    , m_commands(commands)
    , m_actions(actions)
{
    setToolTipsVisible(true);
    connect(&recent, &RecentProjects::changed, this, &RecentMenu::fill);
    fill();
}

void RecentMenu::fill()
{
    clear();
    int number = 0;
    for (const QString& file : m_recent.files()) {
        QString name = QFileInfo(file).completeBaseName();
        name.replace(u'&', QStringLiteral("&&"));
        QAction* action = addAction(++number < 10 ? tr("&%1  %2").arg(number).arg(name) : name);
        action->setToolTip(QDir::toNativeSeparators(file));
        action->setStatusTip(QDir::toNativeSeparators(file));
        connect(action, &QAction::triggered, &m_commands, [this, file] { m_commands.open(file); });
    }
    addSeparator();
    addAction(m_actions.action(QString::fromLatin1(action_id::kClearRecentProjects)));
    setEnabled(number > 0);
}

} // namespace lipsync::ui

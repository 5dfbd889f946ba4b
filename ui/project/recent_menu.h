// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>

namespace lipsync::ui {

class ActionRegistry;
class ProjectCommands;
class RecentProjects;

/// The projects opened last as a menu; off while there are none.
class RecentMenu final : public QMenu {
    Q_OBJECT

public:
    /// All must outlive the menu.
    RecentMenu(RecentProjects& recent, ProjectCommands& commands, ActionRegistry& actions, QWidget* parent = nullptr);

private:
    void fill();

    RecentProjects& m_recent;
    ProjectCommands& m_commands;
    ActionRegistry& m_actions;
};

} // namespace lipsync::ui

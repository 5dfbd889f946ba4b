// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

class QToolBar;

namespace lipsync::ui {

class ActionRegistry;

/// A bar of small buttons inside a panel, one an action, each reachable by Tab; an empty id stands for a separator.
QToolBar* makeActionBar(const ActionRegistry& actions, const QStringList& ids, const QString& name);

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/actions/action_registry.h"

#include <QString>

namespace lipsync::ui {

/// What a command is called in a list: its text without mnemonics and without the dots that announce a dialog.
QString commandText(const QAction& action);

/// What a menu is called in a list; "Panels" for commands that stand in none.
QString menuText(MenuName menu);

} // namespace lipsync::ui

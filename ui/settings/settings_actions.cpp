// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(SettingsActions)
};

} // namespace

void addSettingsActions(ActionRegistry& registry)
{
    registry.add({QString::fromLatin1(action_id::kShowSettings),
                  Text::tr("&Settings…"),
                  Text::tr("Language, appearance and how the studio behaves"),
                  {QKeySequence(Qt::CTRL | Qt::Key_Comma)},
                  {},
                  false,
                  MenuName::Edit,
                  true});
    registry.add({QString::fromLatin1(action_id::kShowShortcuts),
                  Text::tr("S&hortcuts…"),
                  Text::tr("Look up and change the shortcut of every command"),
                  {QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_K)},
                  {},
                  false,
                  MenuName::Edit});
}

} // namespace lipsync::ui

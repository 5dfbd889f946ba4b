// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/help/help_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(HelpActions)
};

} // namespace

void addHelpActions(ActionRegistry& registry)
{
    registry.add({QString::fromLatin1(action_id::kShowWelcome),
                  Text::tr("&Welcome"),
                  Text::tr("Show what to begin with"),
                  {},
                  {},
                  false,
                  MenuName::Help});
    registry.add({QString::fromLatin1(action_id::kSaveDiagnostics),
                  Text::tr("Save &Diagnostics…"),
                  Text::tr("Write what a developer needs to find a fault into a ZIP file: versions, figures, settings "
                           "and the log, no pictures and no sound"),
                  {},
                  {},
                  false,
                  MenuName::Help});
}

} // namespace lipsync::ui

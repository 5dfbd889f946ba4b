// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette/palette_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PaletteActions)
};

} // namespace

void addPaletteActions(ActionRegistry& registry)
{
    registry.add({QString::fromLatin1(action_id::kShowPalette),
                  Text::tr("&Command Palette…"),
                  Text::tr("Find and run any command by a few letters"),
                  {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P)},
                  {},
                  false,
                  MenuName::View,
                  true});
}

} // namespace lipsync::ui

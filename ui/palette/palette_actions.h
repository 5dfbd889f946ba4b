// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kShowPalette = "view.commandPalette";
} // namespace action_id

/// Adds the command that opens the palette; the window connects it to CommandPalette::open().
void addPaletteActions(ActionRegistry& registry);

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

/// Registers icons, style sheet and translations: in a static library Qt does not do it by itself. May be called again.
void initialiseThemeResources();

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace lipsync::ui {

/// Makes the icons of all bars and buttons below a widget as large as their first size and the size of the text, 100
/// being usual, ask for. May be called again at any time.
void scaleIcons(QWidget& root, int textPercent);

} // namespace lipsync::ui

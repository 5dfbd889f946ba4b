// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QString>

namespace lipsync::ui {

struct ThemeTokens;

/// The drawing `resources/icons/NAME.svg` in the theme's text colour, muted where the action is disabled.
QIcon tintedIcon(const QString& name, const ThemeTokens& tokens);

} // namespace lipsync::ui

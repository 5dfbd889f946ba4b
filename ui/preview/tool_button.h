// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>

class QAction;
class QToolButton;

namespace lipsync::ui {

/// A flat button of the preview's bars that shows an action's icon and can be tabbed to.
QToolButton* makeToolButton(QAction* action);

/// Names a button of a bar after its action, and lets it be reached by Tab alone.
void prepareToolButton(QToolButton& button);

constexpr QSize kToolIconSize{20, 20};

} // namespace lipsync::ui

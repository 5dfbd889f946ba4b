// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

class QWidget;

namespace lipsync::test {

/// Every control below a widget that a person works with: buttons, fields, lists, sliders, and whatever else takes the
/// focus; without the parts of Qt's own widgets, which Qt names.
QList<QWidget*> controlsOf(const QWidget& root);

/// What is wrong with the controls below a widget: no accessible name, no tooltip, no place in the tab order. A line
/// for each.
QStringList accessibilityFaults(const QWidget& root);

/// Visible labels and buttons below a widget whose text does not fit into them. A line for each.
QStringList cutTexts(const QWidget& root);

/// Texts below a widget, visible or not, as a person would read or hear them: labels, buttons, titles, tooltips,
/// accessible names and descriptions, placeholders, headers, menus.
QStringList textsOf(const QWidget& root);

} // namespace lipsync::test

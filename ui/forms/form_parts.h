// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QAction;
class QFormLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;
class QWidget;

namespace lipsync::ui {

/// A wrapping, selectable sentence. `objectName` is its look in the style sheet: "muted", "failure", "title".
QLabel* makeSentence(const char* objectName, const QString& accessibleName);

/// Shows a sentence, or hides it where there is nothing to say.
void say(QLabel& label, const QString& sentence);

/// The heading of a part of a panel.
QLabel* makeHeading(const QString& text);

/// A button for an action: its words, state and what it does.
QPushButton* makeActionButton(QAction* action);

/// Fields under each other, beside their captions; see wrapWhereNarrow().
QFormLayout* makeForm();

/// Puts the captions above their fields where the form is too narrow for the longest of both beside each other.
void wrapWhereNarrow(QFormLayout& form, int width);

/// A field with its caption, what it is called and what it does.
void addField(QFormLayout& form, const QString& caption, QWidget* field, const char* objectName, const QString& name,
              const QString& toolTip);

/// Makes a widget the content of a dock; gives its column.
QVBoxLayout* makeDockContent(QWidget& panel, const QString& accessibleName);

} // namespace lipsync::ui

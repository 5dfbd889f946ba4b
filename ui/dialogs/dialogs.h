// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QString>

class QWidget;

namespace lipsync::ui {

/// The questions a window asks a person. Answers come later, through the function given, on the window's thread; a
/// dismissed question is not answered. Tests inject their own answers.
class Dialogs {
public:
    using Chosen = std::function<void(const QString& name)>;

    virtual ~Dialogs() = default;

    virtual void chooseFolder(QWidget* parent, const QString& title, const QString& start, Chosen chosen) = 0;
    virtual void chooseFile(QWidget* parent, const QString& title, const QString& start, const QString& filter,
                            Chosen chosen) = 0;
    /// Does not ask about overwriting: confirm() does, where the work starts.
    virtual void chooseNewFile(QWidget* parent, const QString& title, const QString& start, const QString& filter,
                               Chosen chosen) = 0;
    /// Calls `agreed` when the person presses the button named `action`.
    virtual void confirm(QWidget* parent, const QString& question, const QString& detail, const QString& action,
                         std::function<void()> agreed) = 0;
};

} // namespace lipsync::ui

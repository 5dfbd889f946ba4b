// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QString>
#include <QStringList>

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
    /// As confirm(), about something that may end by itself meanwhile: the other button is named `keep`, and the
    /// function returned takes the question back if it is still open.
    virtual std::function<void()> confirmWhile(QWidget* parent, const QString& question, const QString& detail,
                                               const QString& action, const QString& keep,
                                               std::function<void()> agreed) = 0;
    /// Calls `chosen` with the number of the answer that the person presses, counted from 0.
    virtual void choose(QWidget* parent, const QString& question, const QString& detail, const QStringList& answers,
                        std::function<void(int answer)> chosen) = 0;
};

} // namespace lipsync::ui

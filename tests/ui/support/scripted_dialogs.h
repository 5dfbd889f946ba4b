// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/dialogs/dialogs.h"

#include <QString>
#include <QStringList>

namespace lipsync::test {

/// Answers every question as the test said beforehand, and remembers the questions.
class ScriptedDialogs final : public ui::Dialogs {
public:
    QString folder; ///< chosen folder; empty dismisses
    QString file; ///< chosen file to open
    QString newFile; ///< chosen file to write
    bool agrees = false; ///< answer to confirm()
    QStringList questions;

    void chooseFolder(QWidget*, const QString& title, const QString&, Chosen chosen) override
    {
        answer(title, folder, chosen);
    }
    void chooseFile(QWidget*, const QString& title, const QString&, const QString&, Chosen chosen) override
    {
        answer(title, file, chosen);
    }
    void chooseNewFile(QWidget*, const QString& title, const QString&, const QString&, Chosen chosen) override
    {
        answer(title, newFile, chosen);
    }
    void confirm(QWidget*, const QString& question, const QString&, const QString&,
                 std::function<void()> agreed) override
    {
        questions << question;
        if (agrees)
            agreed();
    }

private:
    void answer(const QString& title, const QString& name, const Chosen& chosen)
    {
        questions << title;
        if (!name.isEmpty())
            chosen(name);
    }
};

} // namespace lipsync::test

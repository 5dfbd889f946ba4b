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
    int answer = -1; ///< to choose(); negative dismisses
    QStringList questions;
    QStringList details; ///< of choose()
    QString proposal; ///< where chooseNewFile() began
    QStringList kept; ///< names of the buttons that leave everything as it is
    int takenBack = 0; ///< questions

    void chooseFolder(QWidget*, const QString& title, const QString&, Chosen chosen) override
    {
        reply(title, folder, chosen);
    }
    void chooseFile(QWidget*, const QString& title, const QString&, const QString&, Chosen chosen) override
    {
        reply(title, file, chosen);
    }
    void chooseNewFile(QWidget*, const QString& title, const QString& start, const QString&, Chosen chosen) override
    {
        proposal = start;
        reply(title, newFile, chosen);
    }
    void confirm(QWidget*, const QString& question, const QString&, const QString&,
                 std::function<void()> agreed) override
    {
        questions << question;
        if (agrees)
            agreed();
    }
    std::function<void()> confirmWhile(QWidget* parent, const QString& question, const QString& detail,
                                       const QString& action, const QString& keep,
                                       std::function<void()> agreed) override
    {
        confirm(parent, question, detail, action, std::move(agreed));
        kept << keep;
        return [this] { ++takenBack; };
    }
    void choose(QWidget*, const QString& question, const QString& detail, const QStringList& answers,
                std::function<void(int answer)> chosen) override
    {
        questions << question;
        details << detail;
        if (answer >= 0 && answer < answers.size())
            chosen(answer);
    }

private:
    void reply(const QString& title, const QString& name, const Chosen& chosen)
    {
        questions << title;
        if (!name.isEmpty())
            chosen(name);
    }
};

} // namespace lipsync::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QByteArray>
#include <QString>

class QWidget;

namespace lipsync::ui {

class Dialogs;
class FileSaver;

/// What is asked before a file is written.
struct SaveQuestion {
    QString title;
    QString fileName; ///< proposed, in the person's documents
    QString filter; ///< of the dialog
};

/// Asks where to, and whether to replace what is there, and has the saver write what `make` gives, which is called on
/// the saver's thread. Nothing happens when a question is dismissed. Parent, dialogs and saver must outlive the answer.
void askAndSave(QWidget* parent, Dialogs& dialogs, FileSaver& saver, const SaveQuestion& question,
                std::function<QByteArray()> make);

} // namespace lipsync::ui

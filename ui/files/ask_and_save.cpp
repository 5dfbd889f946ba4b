// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/files/ask_and_save.h"

#include "ui/dialogs/dialogs.h"
#include "ui/files/file_saver.h"
#include "ui/files/standard_folder.h"

#include <utility>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(AskAndSave)
};

} // namespace

void askAndSave(QWidget* parent, Dialogs& dialogs, FileSaver& saver, const SaveQuestion& question,
                std::function<QByteArray()> make)
{
    const QDir folder(standardFolder(QStandardPaths::DocumentsLocation));
    dialogs.chooseNewFile(parent, question.title, folder.filePath(question.fileName), question.filter,
                          [parent, &dialogs, &saver, make = std::move(make)](const QString& file) {
                              if (!QFileInfo::exists(file)) {
                                  saver.save(file, make);
                                  return;
                              }
                              dialogs.confirm(parent, Text::tr("Replace what is there?"),
                                              Text::tr("%1 exists already.").arg(QDir::toNativeSeparators(file)),
                                              Text::tr("Replace"), [&saver, file, make] { saver.save(file, make); });
                          });
}

} // namespace lipsync::ui

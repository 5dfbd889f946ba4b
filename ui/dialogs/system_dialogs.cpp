// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/system_dialogs.h"

#include <utility>

#include <QAbstractButton>
#include <QFileDialog>
#include <QMessageBox>
#include <QPushButton>

namespace lipsync::ui {
namespace {

void open(QFileDialog* dialog, Dialogs::Chosen chosen)
{
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &QFileDialog::fileSelected, dialog,
                     [chosen = std::move(chosen)](const QString& name) { chosen(name); });
    dialog->open();
}

} // namespace

void SystemDialogs::chooseFolder(QWidget* parent, const QString& title, const QString& start, Chosen chosen)
{
    auto* dialog = new QFileDialog(parent, title, start);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    open(dialog, std::move(chosen));
}

void SystemDialogs::chooseFile(QWidget* parent, const QString& title, const QString& start, const QString& filter,
                               Chosen chosen)
{
    auto* dialog = new QFileDialog(parent, title, start, filter);
    dialog->setFileMode(QFileDialog::ExistingFile);
    open(dialog, std::move(chosen));
}

void SystemDialogs::chooseNewFile(QWidget* parent, const QString& title, const QString& start, const QString& filter,
                                  Chosen chosen)
{
    auto* dialog = new QFileDialog(parent, title, start, filter);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setOption(QFileDialog::DontConfirmOverwrite);
    dialog->selectFile(start);
    open(dialog, std::move(chosen));
}

void SystemDialogs::confirm(QWidget* parent, const QString& question, const QString& detail, const QString& action,
                            std::function<void()> agreed)
{
    auto* box = new QMessageBox(QMessageBox::Question, {}, question, QMessageBox::Cancel, parent);
    box->setInformativeText(detail);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setDefaultButton(QMessageBox::Cancel);
    QAbstractButton* agree = box->addButton(action, QMessageBox::AcceptRole);
    QObject::connect(box, &QMessageBox::buttonClicked, box,
                     [agree, agreed = std::move(agreed)](QAbstractButton* pressed) {
                         if (pressed == agree)
                             agreed();
                     });
    box->open();
}

} // namespace lipsync::ui

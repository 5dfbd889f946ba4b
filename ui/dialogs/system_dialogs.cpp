// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/system_dialogs.h"

#include <utility>

#include <QAbstractButton>
#include <QFileDialog>
#include <QMessageBox>
#include <QPointer>
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

QMessageBox* makeQuestion(QWidget* parent, const QString& question, const QString& detail)
{
    auto* box = new QMessageBox(QMessageBox::Question, {}, question, QMessageBox::NoButton, parent);
    box->setInformativeText(detail);
    box->setAttribute(Qt::WA_DeleteOnClose);
    return box;
}

void open(QMessageBox* box, QPushButton* stay, const QString& action, std::function<void()> agreed)
{
    box->setDefaultButton(stay);
    box->setEscapeButton(stay);
    QAbstractButton* agree = box->addButton(action, QMessageBox::AcceptRole);
    QObject::connect(box, &QMessageBox::buttonClicked, box,
                     [agree, agreed = std::move(agreed)](QAbstractButton* pressed) {
                         if (pressed == agree)
                             agreed();
                     });
    box->open();
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
    QMessageBox* box = makeQuestion(parent, question, detail);
    open(box, box->addButton(QMessageBox::Cancel), action, std::move(agreed));
}

std::function<void()> SystemDialogs::confirmWhile(QWidget* parent, const QString& question, const QString& detail,
                                                  const QString& action, const QString& keep,
                                                  std::function<void()> agreed)
{
    QPointer<QMessageBox> box = makeQuestion(parent, question, detail);
    open(box, box->addButton(keep, QMessageBox::RejectRole), action, std::move(agreed));
    return [box] {
        if (box)
            box->close();
    };
}

void SystemDialogs::choose(QWidget* parent, const QString& question, const QString& detail, const QStringList& answers,
                           std::function<void(int answer)> chosen)
{
    auto* box = new QMessageBox(QMessageBox::Question, {}, question, QMessageBox::Cancel, parent);
    box->setInformativeText(detail);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QList<QAbstractButton*> buttons;
    for (const QString& answer : answers)
        buttons.append(box->addButton(answer, QMessageBox::AcceptRole));
    QObject::connect(box, &QMessageBox::buttonClicked, box,
                     [buttons, chosen = std::move(chosen)](QAbstractButton* pressed) {
                         if (const auto answer = buttons.indexOf(pressed); answer >= 0)
                             chosen(static_cast<int>(answer));
                     });
    box->open();
}

} // namespace lipsync::ui

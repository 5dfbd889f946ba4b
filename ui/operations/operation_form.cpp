// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/operation_form.h"

#include "ui/forms/path_field.h"

#include <QDir>
#include <QFileInfo>
#include <QFormLayout>
#include <QLineEdit>

namespace lipsync::ui {
namespace {

QLineEdit* makeLine(const QString& name, const QString& toolTip)
{
    auto* line = new QLineEdit;
    line->setAccessibleName(name);
    line->setToolTip(toolTip);
    return line;
}

} // namespace

OperationForm::AboutFields OperationForm::addAbout(QFormLayout& form)
{
    const AboutFields fields{makeLine(tr("Title"), tr("What the avatar is called in lists")),
                             makeLine(tr("Attribution"), tr("Whom to thank for the pictures")),
                             makeLine(tr("Licence"), tr("On what terms the pictures may be used"))};
    form.addRow(tr("T&itle"), fields.title);
    form.addRow(tr("&Attribution"), fields.attribution);
    form.addRow(tr("&Licence"), fields.licence);
    return fields;
}

QFormLayout* OperationForm::makeForm(QWidget* place)
{
    auto* form = new QFormLayout(place);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    return form;
}

void OperationForm::suggestOutput(PathField& source, PathField& output)
{
    connect(&output, &PathField::edited, this, [this, &output] { m_isOutputChosen = !output.text().isEmpty(); });
    connect(&source, &PathField::changed, this, [this, &source, &output] {
        if (m_isOutputChosen)
            return;
        const QFileInfo file(QDir::cleanPath(source.text()));
        const QString stem = file.fileName().section(u'.', 0, 0);
        output.setText(stem.isEmpty() ? QString() : file.dir().filePath(stem + QStringLiteral(".avatar")));
    });
}

} // namespace lipsync::ui

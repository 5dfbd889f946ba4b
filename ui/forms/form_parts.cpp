// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/form_parts.h"

#include <algorithm>

#include <QAction>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kSpacing = 6;

} // namespace

QLabel* makeSentence(const char* objectName, const QString& accessibleName)
{
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(objectName));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setAccessibleName(accessibleName);
    return label;
}

void say(QLabel& label, const QString& sentence)
{
    if (label.text() != sentence)
        label.setText(sentence);
    label.setVisible(!sentence.isEmpty());
}

QLabel* makeHeading(const QString& text)
{
    auto* label = new QLabel(text);
    label->setObjectName(QStringLiteral("title"));
    label->setWordWrap(true);
    return label;
}

QPushButton* makeActionButton(QAction* action)
{
    auto* button = new QPushButton;
    button->setFocusPolicy(Qt::TabFocus); // the space bar belongs to play
    const auto follow = [button, action] {
        button->setText(action->text());
        button->setAccessibleName(action->iconText());
        button->setToolTip(action->toolTip());
        button->setEnabled(action->isEnabled());
    };
    follow();
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    QObject::connect(action, &QAction::changed, button, follow);
    return button;
}

QFormLayout* makeForm()
{
    auto* form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(8);
    form->setVerticalSpacing(kSpacing);
    form->setLabelAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    return form;
}

void wrapWhereNarrow(QFormLayout& form, int width)
{
    int captions = 0, fields = 0;
    for (int row = 0; row < form.rowCount(); ++row) {
        const QLayoutItem* caption = form.itemAt(row, QFormLayout::LabelRole);
        const QLayoutItem* field = form.itemAt(row, QFormLayout::FieldRole);
        captions = std::max(captions, caption ? caption->sizeHint().width() : 0);
        fields = std::max(fields, field ? field->minimumSize().width() : 0);
    }
    const bool isNarrow = width < captions + form.horizontalSpacing() + fields;
    form.setRowWrapPolicy(isNarrow ? QFormLayout::WrapAllRows : QFormLayout::WrapLongRows);
}

void addField(QFormLayout& form, const QString& caption, QWidget* field, const char* objectName, const QString& name,
              const QString& toolTip)
{
    field->setObjectName(QString::fromLatin1(objectName));
    field->setAccessibleName(name);
    field->setAccessibleDescription(toolTip);
    field->setToolTip(toolTip);
    auto* label = new QLabel(caption);
    label->setObjectName(QStringLiteral("muted"));
    label->setWordWrap(false);
    label->setBuddy(field);
    form.addRow(label, field);
}

QVBoxLayout* makeDockContent(QWidget& panel, const QString& accessibleName)
{
    panel.setObjectName(QStringLiteral("dockContent"));
    panel.setAttribute(Qt::WA_StyledBackground);
    panel.setAccessibleName(accessibleName);
    auto* column = new QVBoxLayout(&panel);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(kSpacing);
    return column;
}

} // namespace lipsync::ui

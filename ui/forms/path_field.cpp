// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/path_field.h"

#include "ui/dialogs/dialogs.h"
#include "ui/engine_bridge/qt_conversion.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

namespace lipsync::ui {

PathField::PathField(PathKind kind, const QString& what, const QString& hint, Dialogs& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_kind(kind)
    , m_what(what)
    , m_filter(tr("All files (*)"))
    , m_dialogs(dialogs)
    , m_line(new QLineEdit)
{
    m_line->setAccessibleName(what);
    m_line->setAccessibleDescription(hint);
    m_line->setToolTip(hint);
    setFocusProxy(m_line);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_line, 1);
    if (kind == PathKind::FileOrFolder) {
        addButton(tr("File…"), tr("Browse for a file: %1").arg(what), false);
        addButton(tr("Folder…"), tr("Browse for a folder: %1").arg(what), true);
    } else {
        addButton(tr("Browse…"), tr("Browse: %1").arg(what), kind == PathKind::Folder);
    }
    connect(m_line, &QLineEdit::textChanged, this, &PathField::changed);
    connect(m_line, &QLineEdit::textEdited, this, &PathField::edited);
}

QString PathField::text() const
{
    return m_line->text().trimmed();
}

std::filesystem::path PathField::path() const
{
    return text().isEmpty() ? std::filesystem::path() : toPath(text());
}

void PathField::setText(const QString& name)
{
    m_line->setText(name);
}

void PathField::setPlaceholder(const QString& text)
{
    m_line->setPlaceholderText(text);
}

void PathField::addButton(const QString& text, const QString& name, bool choosesFolder)
{
    auto* button = new QPushButton(text);
    button->setAccessibleName(name);
    button->setToolTip(name);
    button->setAutoDefault(false);
    connect(button, &QPushButton::clicked, this, [this, choosesFolder] { browse(choosesFolder); });
    layout()->addWidget(button);
}

void PathField::browse(bool choosesFolder)
{
    const auto chosen = [this](const QString& name) { take(name); };
    if (m_kind == PathKind::NewFolder)
        m_dialogs.chooseNewFile(this, m_what, text(), m_filter, chosen);
    else if (choosesFolder)
        m_dialogs.chooseFolder(this, m_what, text(), chosen);
    else
        m_dialogs.chooseFile(this, m_what, text(), m_filter, chosen);
}

void PathField::take(const QString& name)
{
    m_line->setText(name);
    Q_EMIT edited();
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/banner/banner.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>

namespace lipsync::ui {

Banner::Banner(QWidget* parent)
    : QFrame(parent)
    , m_sentence(new QLabel)
    , m_dismiss(new QToolButton)
{
    setObjectName(QStringLiteral("banner"));
    setAccessibleName(tr("Message"));
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setAccessibleName(tr("Message"));
    m_dismiss->setText(tr("Dismiss"));
    m_dismiss->setToolTip(tr("Hide this message"));
    m_dismiss->setAccessibleName(tr("Dismiss message"));
    m_dismiss->setFocusPolicy(Qt::TabFocus);
    connect(m_dismiss, &QToolButton::clicked, this, &Banner::dismiss);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 6, 8, 6);
    row->addWidget(m_sentence, 1);
    row->addWidget(m_dismiss);
    hide();
}

void Banner::say(Severity severity, const QString& sentence)
{
    m_severity = severity;
    // The style sheet chooses the colours by this property.
    setProperty("severity", severity == Severity::Failure ? "failure" : "notice");
    for (QWidget* widget : {static_cast<QWidget*>(this), static_cast<QWidget*>(m_sentence)}) {
        style()->unpolish(widget);
        style()->polish(widget);
    }
    m_sentence->setText(sentence);
    show();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void Banner::dismiss()
{
    m_sentence->clear();
    hide();
}

void Banner::withdraw(const QString& sentence)
{
    if (this->sentence() == sentence)
        dismiss();
}

QString Banner::sentence() const
{
    return m_sentence->text();
}

} // namespace lipsync::ui

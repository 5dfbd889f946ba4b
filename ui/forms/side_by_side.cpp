// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/side_by_side.h"

#include <algorithm>

#include <QBoxLayout>
#include <QEvent>

namespace lipsync::ui {

SideBySide::SideBySide(std::initializer_list<QWidget*> parts, QWidget* growing, int spacing, QWidget* parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_layout(new QBoxLayout(QBoxLayout::LeftToRight, this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(spacing);
    m_layout->setSizeConstraint(QLayout::SetNoConstraint);
    for (QWidget* part : m_parts)
        m_layout->addWidget(part, part == growing ? 1 : 0);
}

QSize SideBySide::minimumSizeHint() const
{
    return {leastSize(false).width(), leastSize(isBeside()).height()};
}

bool SideBySide::isBeside() const
{
    return m_layout->direction() == QBoxLayout::LeftToRight;
}

bool SideBySide::event(QEvent* event)
{
    const bool isDone = QWidget::event(event);
    if (event->type() == QEvent::LayoutRequest)
        arrange();
    return isDone;
}

void SideBySide::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void SideBySide::arrange()
{
    const bool hasRoom = leastSize(true).width() <= width();
    if (hasRoom == isBeside())
        return;
    m_layout->setDirection(hasRoom ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    updateGeometry();
}

QSize SideBySide::leastSize(bool isBeside) const
{
    QSize least(0, 0);
    const int gaps = m_layout->spacing() * (static_cast<int>(m_parts.size()) - 1);
    for (const QWidget* part : m_parts) {
        const QSize one = part->minimumSizeHint().expandedTo(part->minimumSize());
        least = isBeside ? QSize(least.width() + one.width(), std::max(least.height(), one.height()))
                         : QSize(std::max(least.width(), one.width()), least.height() + one.height());
    }
    return least + (isBeside ? QSize(gaps, 0) : QSize(0, gaps));
}

} // namespace lipsync::ui

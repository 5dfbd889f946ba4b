// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/form_area.h"

#include <algorithm>

#include <QEvent>
#include <QScreen>
#include <QScrollBar>

namespace lipsync::ui {
namespace {

constexpr int kLeastHeight = 60; // a field or two
constexpr int kScreenShare = 4; // a form forces no more than this part of the screen's width

} // namespace

FormArea::FormArea(QWidget* form, QWidget* parent)
    : QScrollArea(parent)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus); // its fields are tabbed to, and it follows them
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    setWidget(form);
}

QSize FormArea::sizeHint() const
{
    return widget()->sizeHint().expandedTo(minimumSizeHint());
}

QSize FormArea::minimumSizeHint() const
{
    const int most = screen()->availableGeometry().width() / kScreenShare;
    const int wide = widget()->minimumSizeHint().width() + verticalScrollBar()->sizeHint().width();
    return {std::min(wide, most), kLeastHeight};
}

bool FormArea::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == widget() && event->type() == QEvent::LayoutRequest)
        updateGeometry();
    return QScrollArea::eventFilter(watched, event);
}

} // namespace lipsync::ui

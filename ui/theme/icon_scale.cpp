// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icon_scale.h"

#include <QAbstractButton>
#include <QDockWidget>
#include <QToolBar>

namespace lipsync::ui {
namespace {

constexpr auto kFirstSize = "firstIconSize";
constexpr int kUsualPercent = 100;

// A bar's own buttons follow it.
bool isOfBar(const QAbstractButton& button)
{
    return qobject_cast<const QToolBar*>(button.parentWidget()) != nullptr;
}

template <typename Widget> void scale(Widget& widget, int textPercent)
{
    if (!widget.property(kFirstSize).isValid())
        widget.setProperty(kFirstSize, widget.iconSize());
    widget.setIconSize(widget.property(kFirstSize).toSize() * textPercent / kUsualPercent);
}

} // namespace

void scaleIcons(QWidget& root, int textPercent)
{
    for (QToolBar* bar : root.findChildren<QToolBar*>())
        scale(*bar, textPercent);
    for (QAbstractButton* button : root.findChildren<QAbstractButton*>())
        if (!isOfBar(*button) && !qobject_cast<QDockWidget*>(button->parentWidget()) && !button->icon().isNull())
            scale(*button, textPercent);
}

} // namespace lipsync::ui

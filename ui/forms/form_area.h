// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

namespace lipsync::ui {

/// A form that scrolls up and down where there is no room for it, and is as wide as it has to be, whatever size its text
/// gets; only where that would be more than a quarter of the screen it scrolls sideways, too.
class FormArea final : public QScrollArea {
    Q_OBJECT

public:
    explicit FormArea(QWidget* form, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace lipsync::ui

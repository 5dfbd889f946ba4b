// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>

#include <QWidget>

class QBoxLayout;

namespace lipsync::ui {

/// Parts of a panel beside each other where there is room for all of them, else one above the other; it never asks for
/// more than the latter, so that a large text does not widen the window.
class SideBySide final : public QWidget {
    Q_OBJECT

public:
    /// The parts become its own; what is left over goes to `growing`, or to nobody where that is null.
    SideBySide(std::initializer_list<QWidget*> parts, QWidget* growing, int spacing = 12, QWidget* parent = nullptr);

    QSize minimumSizeHint() const override;
    bool isBeside() const;

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();
    /// The room that the parts need at least, along the width if `isBeside`.
    QSize leastSize(bool isBeside) const;

    QList<QWidget*> m_parts;
    QBoxLayout* m_layout;
};

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QUrl>

class QDropEvent;
class QWidget;

namespace lipsync::ui {

/// Makes a widget (and its children) take files that are dropped on it. What they are is found out afterwards: only
/// what is no file of this computer is turned away while it is held over the widget.
class FileDropTarget final : public QObject {
    Q_OBJECT

public:
    explicit FileDropTarget(QWidget& widget);

    bool eventFilter(QObject* watched, QEvent* event) override;

Q_SIGNALS:
    void dropped(const QList<QUrl>& urls);
    /// Whether something that can be dropped is held over the widget.
    void hovered(bool isOver);

private:
    static bool canTake(const QDropEvent& event);
};

} // namespace lipsync::ui

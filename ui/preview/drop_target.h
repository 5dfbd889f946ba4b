// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QObject>

class QDropEvent;
class QWidget;

namespace lipsync::ui {

/// Makes a widget (and its children) take avatars and sound files that are dropped on it.
class DropTarget final : public QObject {
    Q_OBJECT

public:
    explicit DropTarget(QWidget& widget);

    bool eventFilter(QObject* watched, QEvent* event) override;

Q_SIGNALS:
    void avatarDropped(const std::filesystem::path& folder);
    void voiceDropped(const std::filesystem::path& file);
    /// Something is held over the widget that cannot be used; says why.
    void refused(const QString& reason);
    /// Whether something that can be dropped is held over the widget.
    void hovered(bool isOver);

private:
    void enter(QDropEvent& event);
    void drop(QDropEvent& event);
};

} // namespace lipsync::ui

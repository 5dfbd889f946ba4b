// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

class QAbstractButton;

namespace lipsync::ui {

/// Lets a control that was reached by keyboard keep the keys it is worked with (space on a button or list), although
/// the window has a command on the same key. A button that is disabled while it has the focus, as many are when they
/// were pressed, gives it to what is no button: the next key must not press its neighbour. Installed on the
/// application.
class FocusKeys final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QPointer<QAbstractButton> m_left; ///< lost the focus by being disabled
};

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace lipsync::ui {

/// Lets a control that was reached by keyboard keep the keys it is worked with (space on a button or list), although
/// the window has a command on the same key. Installed on the application.
class FocusKeys final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/notifier/notifier.h"

#include <QObject>

namespace lipsync::ui {

/// Notices of the desktop, as the freedesktop Notifications specification has them over D-Bus. Waits for nobody.
class DesktopNotifier final : public QObject, public Notifier {
    Q_OBJECT

public:
    using QObject::QObject;

    void notify(const QString& title, const QString& sentence, std::function<void()> unheard) override;
};

} // namespace lipsync::ui

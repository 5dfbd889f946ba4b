// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/engine_bridge/work_lane.h"

#include <filesystem>

#include <QObject>
#include <QString>

namespace lipsync::ui {

/// Copies avatars on the thread "ui-copying". A copy that could not be made whole is taken away again.
class AvatarCopier final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Copies the folder to one that is not there yet; copied() or failed() follows.
    void copy(const std::filesystem::path& avatar, const std::filesystem::path& copy);

Q_SIGNALS:
    void copied(const std::filesystem::path& copy);
    void failed(const QString& sentence);

private:
    WorkLane m_lane{*this, QStringLiteral("ui-copying")};
};

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/engine_bridge/work_lane.h"

#include <functional>

#include <QByteArray>
#include <QObject>

namespace lipsync::ui {

/// Writes files on the thread "ui-saving". A file that could not be written whole is left as it was.
class FileSaver final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Calls `make` on the thread for the bytes, and writes them; saved() or failed() follows.
    void save(const QString& file, std::function<QByteArray()> make);

Q_SIGNALS:
    void saved(const QString& file);
    void failed(const QString& sentence);

private:
    WorkLane m_lane{*this, QStringLiteral("ui-saving")};
};

} // namespace lipsync::ui

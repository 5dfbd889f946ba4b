// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStandardPaths>
#include <QString>

namespace lipsync::ui {

/// Where to propose that a file is saved: `wished` if that folder is there, else the person's folder for such files,
/// else their home. A home without Documents, Pictures and Videos gets none unasked.
QString standardFolder(QStandardPaths::StandardLocation location, const QString& wished = {});

} // namespace lipsync::ui

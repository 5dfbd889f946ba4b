// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/files/standard_folder.h"

#include <QDir>
#include <QFileInfo>

namespace lipsync::ui {

QString standardFolder(QStandardPaths::StandardLocation location, const QString& wished)
{
    for (const QString& folder : {wished, QStandardPaths::writableLocation(location)})
        if (!folder.isEmpty() && QFileInfo(folder).isDir())
            return folder;
    return QDir::homePath();
}

} // namespace lipsync::ui

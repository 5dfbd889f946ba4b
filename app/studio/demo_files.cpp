// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo_files.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <QDir>

namespace lipsync::studio {
namespace {

std::filesystem::path firstFile(const QDir& folder, const QStringList& patterns)
{
    for (const QString& pattern : patterns) {
        const QStringList found = folder.entryList({pattern}, QDir::Files, QDir::Name);
        if (!found.isEmpty())
            return ui::toPath(folder.filePath(found.first()));
    }
    return {};
}

} // namespace

DemoFiles findDemoFiles(const QString& programFolder)
{
    const QStringList sounds{QStringLiteral("demo.*"), QStringLiteral("*.flac"), QStringLiteral("*.wav")};
    for (const QString& place : {QDir(programFolder).filePath(QStringLiteral("../share/lipsync-studio")),
                                 QStringLiteral(LIPSYNC_RESOURCE_DIR)}) {
        const QDir resources(QDir::cleanPath(place));
        const QString avatar = resources.filePath(QStringLiteral("avatars/demo.avatar"));
        if (QDir(avatar).exists())
            return {ui::toPath(avatar), firstFile(QDir(resources.filePath(QStringLiteral("voices"))), sounds)};
    }
    return {};
}

} // namespace lipsync::studio

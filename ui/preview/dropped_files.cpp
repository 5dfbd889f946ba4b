// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/dropped_files.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <QDir>
#include <QFileInfo>
#include <QMimeDatabase>

namespace lipsync::ui {
namespace {

const auto kManifestName = QStringLiteral("avatar.json");

bool holdsSound(const QFileInfo& file)
{
    const QString kind = QMimeDatabase().mimeTypeForFile(file, QMimeDatabase::MatchExtension).name();
    return kind.startsWith(QLatin1String("audio/")) || kind.startsWith(QLatin1String("video/")) ||
        kind == QLatin1String("application/ogg");
}

// Why `url` has no place, or nothing after it was given one in `files`.
QString place(const QUrl& url, DroppedFiles& files)
{
    if (!url.isLocalFile())
        return DroppedFiles::tr("%1 is not a file on this computer: save it first, then drop the file.")
            .arg(url.toString());
    const QFileInfo file(url.toLocalFile());
    if (!file.exists())
        return DroppedFiles::tr("%1 does not exist any more.").arg(file.filePath());
    std::optional<std::filesystem::path> avatar;
    if (file.isDir() &&
        (QFileInfo::exists(QDir(file.filePath()).filePath(kManifestName)) || file.suffix() == QLatin1String("avatar")))
        avatar = toPath(file.absoluteFilePath());
    else if (file.fileName() == kManifestName)
        avatar = toPath(file.absolutePath());
    if (avatar) {
        if (files.avatar)
            return DroppedFiles::tr("Two avatars were dropped: drop one.");
        files.avatar = avatar;
        return {};
    }
    if (file.isDir())
        return DroppedFiles::tr("%1 is a folder without avatar.json: drop an avatar folder or a sound file.")
            .arg(file.fileName());
    if (!holdsSound(file))
        return DroppedFiles::
            tr("%1 is neither an avatar nor a sound file: drop an avatar folder, or a voice such as WAV, FLAC or MP3.")
                .arg(file.fileName());
    if (files.voice)
        return DroppedFiles::tr("Two voices were dropped: drop one.");
    files.voice = toPath(file.absoluteFilePath());
    return {};
}

} // namespace

DroppedFiles sortDroppedFiles(const QList<QUrl>& urls)
{
    DroppedFiles files;
    for (const QUrl& url : urls) {
        files.refusal = place(url, files);
        if (!files.refusal.isEmpty())
            break;
    }
    return files;
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drops/file_drops.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <cstddef>
#include <utility>

#include <QFileInfo>

namespace lipsync::ui {
namespace {

constexpr int kMostFiles = 100; // of one drop

std::filesystem::path takeFirst(std::vector<std::filesystem::path>& paths)
{
    if (paths.empty())
        return {};
    auto first = std::move(paths.front());
    paths.erase(paths.begin());
    return first;
}

} // namespace

FileDrops::FileDrops(LibraryBridge& bridge, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    connect(&bridge, &LibraryBridge::filesDescribed, this, &FileDrops::sort);
}

void FileDrops::take(const QList<QUrl>& urls, DropPlace place)
{
    if (urls.size() > kMostFiles) {
        Q_EMIT refused(tr("%1 files were dropped at once: drop at most %2.").arg(urls.size()).arg(kMostFiles));
        return;
    }
    std::vector<std::filesystem::path> paths;
    QStringList refusals;
    for (const QUrl& url : urls) {
        if (url.isLocalFile())
            paths.push_back(toPath(QFileInfo(url.toLocalFile()).absoluteFilePath()));
        else
            refusals << tr("%1 is not a file on this computer: save it first, then drop the file.")
                            .arg(url.toDisplayString());
    }
    if (paths.empty()) {
        if (!refusals.isEmpty())
            Q_EMIT refused(refusals.join(u'\n'));
        return;
    }
    const quint64 job = m_bridge.describeFiles(paths);
    m_places[job] = place;
    m_refusals[job] = refusals;
}

void FileDrops::sort(quint64 job, const std::vector<DescribedFile>& files)
{
    const auto place = m_places.extract(job);
    if (place.empty())
        return;
    Sorted sorted;
    sorted.refusals = m_refusals.extract(job).mapped();
    for (const DescribedFile& file : files) {
        if (file.description.kind == FileKind::Unknown)
            sorted.refusals << QString::fromStdString(file.description.sentence);
        else
            sorted.files[file.description.kind].push_back(file.path);
    }
    const auto send = [this](std::vector<std::filesystem::path>& paths, auto first, auto further) {
        for (std::size_t at = 0; at < paths.size(); ++at)
            (this->*(at == 0 ? first : further))(paths[at]);
    };
    sendImport(sorted, place.mapped());
    sendVideos(sorted, place.mapped());
    send(sorted.files[FileKind::Avatar], &FileDrops::avatarDropped, &FileDrops::furtherAvatarDropped);
    send(sorted.files[FileKind::Voice], &FileDrops::voiceDropped, &FileDrops::furtherVoiceDropped);
    auto& projects = sorted.files[FileKind::Project];
    if (const auto project = takeFirst(projects); !project.empty())
        Q_EMIT projectDropped(project);
    if (!projects.empty())
        sorted.refusals << tr("Only one project can be open: drop one.");
    if (!sorted.refusals.isEmpty())
        Q_EMIT refused(sorted.refusals.join(u'\n'));
}

void FileDrops::sendImport(Sorted& sorted, DropPlace place)
{
    auto& sources = sorted.files[FileKind::Importable];
    auto& checkpoints = sorted.files[FileKind::Checkpoint];
    auto& videos = sorted.files[FileKind::Video];
    auto source = takeFirst(sources);
    const auto checkpoint = takeFirst(checkpoints);
    // A video beside a network is what the network is of.
    if (source.empty() && !checkpoint.empty() && place != DropPlace::Voices)
        source = takeFirst(videos);
    if (!source.empty() || !checkpoint.empty())
        Q_EMIT importDropped(source, checkpoint);
    if (!sources.empty() || !checkpoints.empty())
        sorted.refusals << tr("Avatars are imported one at a time: drop the others when this one is done.");
}

void FileDrops::sendVideos(Sorted& sorted, DropPlace place)
{
    auto& videos = sorted.files[FileKind::Video];
    if (place == DropPlace::Voices) {
        auto& voices = sorted.files[FileKind::Voice];
        voices.insert(voices.end(), videos.begin(), videos.end());
        return;
    }
    const auto video = takeFirst(videos);
    if (video.empty())
        return;
    if (place == DropPlace::Avatars)
        Q_EMIT preparationDropped(video);
    else
        Q_EMIT videoDropped(video);
    if (!videos.empty())
        sorted.refusals << tr("Avatars are made of one video at a time: drop the others when this one is done.");
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drops/file_arrivals.h"

#include "ui/dialogs/dialogs.h"
#include "ui/drops/file_drop_target.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/library/library_list_model.h"
#include "ui/library/library_model.h"
#include "ui/operations/operation_dialogs.h"

#include <QWidget>

namespace lipsync::ui {

FileArrivals::FileArrivals(LibraryBridge& bridge, LibraryModel& desk, LibraryListModel& avatars,
                           LibraryListModel& voices, OperationDialogs& operations, Dialogs& dialogs, QWidget& window)
    : QObject(&window)
    , m_drops(bridge)
    , m_desk(desk)
    , m_operations(operations)
    , m_dialogs(dialogs)
    , m_window(window)
{
    connect(&m_drops, &FileDrops::avatarDropped, &desk, &LibraryModel::openAvatar);
    connect(&m_drops, &FileDrops::voiceDropped, &desk, &LibraryModel::openVoice);
    connect(&m_drops, &FileDrops::furtherAvatarDropped, &avatars,
            [&avatars](const std::filesystem::path& folder) { avatars.add(folder); });
    connect(&m_drops, &FileDrops::furtherVoiceDropped, &voices,
            [&voices](const std::filesystem::path& file) { voices.add(file); });
    connect(&m_drops, &FileDrops::preparationDropped, &operations, &OperationDialogs::showPreparation);
    connect(&m_drops, &FileDrops::importDropped, &operations, &OperationDialogs::showImport);
    connect(&m_drops, &FileDrops::videoDropped, this, &FileArrivals::askAbout);
    connect(&m_drops, &FileDrops::projectDropped, this, &FileArrivals::projectArrived);
    connect(&m_drops, &FileDrops::refused, this, &FileArrivals::refused);
}

void FileArrivals::watch(QWidget& widget, DropPlace place)
{
    auto* target = new FileDropTarget(widget);
    connect(target, &FileDropTarget::dropped, this,
            [this, place](const QList<QUrl>& urls) { m_drops.take(urls, place); });
    connect(target, &FileDropTarget::hovered, this, &FileArrivals::hovered);
}

void FileArrivals::askAbout(const std::filesystem::path& video)
{
    m_dialogs.choose(&m_window, tr("What is the video for?"),
                     tr("%1 has pictures and may have sound.").arg(fromPath(video.filename())),
                     {tr("Speak its sound"), tr("Prepare an avatar of it"), tr("Import it with its network")},
                     [this, video](int answer) {
                         if (answer == 0)
                             m_desk.openVoice(video);
                         else if (answer == 1)
                             m_operations.showPreparation(video);
                         else
                             m_operations.showImport(video, {});
                     });
}

} // namespace lipsync::ui

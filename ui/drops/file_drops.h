// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/library_bridge.h"

#include <filesystem>
#include <map>
#include <vector>

#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QUrl>

namespace lipsync::ui {

/// Where files were dropped: it decides what a video is meant for.
enum class DropPlace { Window, Avatars, Voices };

/// Sends files that were dropped or handed over to where they belong, by what the engine says they are. What has no
/// place is told with the reason; the rest is taken all the same.
class FileDrops final : public QObject {
    Q_OBJECT

public:
    explicit FileDrops(LibraryBridge& bridge, QObject* parent = nullptr);

    void take(const QList<QUrl>& urls, DropPlace place);

Q_SIGNALS:
    /// The first avatar or voice goes on the desk, others into the library.
    void avatarDropped(const std::filesystem::path& folder);
    void voiceDropped(const std::filesystem::path& file);
    void furtherAvatarDropped(const std::filesystem::path& folder);
    void furtherVoiceDropped(const std::filesystem::path& file);
    /// A video on its own, whose purpose has to be asked for.
    void videoDropped(const std::filesystem::path& file);
    /// A video that an avatar is to be made of.
    void preparationDropped(const std::filesystem::path& video);
    /// What another tool prepared, and a network for it; either may be empty.
    void importDropped(const std::filesystem::path& source, const std::filesystem::path& checkpoint);
    void projectDropped(const std::filesystem::path& file);
    /// Sentences, one a line.
    void refused(const QString& reasons);

private:
    /// Dropped files by what they are, and what has no place.
    struct Sorted {
        std::map<FileKind, std::vector<std::filesystem::path>> files;
        QStringList refusals;
    };

    void sort(quint64 job, const std::vector<DescribedFile>& files);
    void sendImport(Sorted& sorted, DropPlace place);
    void sendVideos(Sorted& sorted, DropPlace place);

    LibraryBridge& m_bridge;
    std::map<quint64, DropPlace> m_places; ///< of what is being described
    std::map<quint64, QStringList> m_refusals; ///< likewise: what was no file at all
};

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/work_lane.h"

#include <filesystem>
#include <memory>
#include <vector>

#include <QImage>
#include <QObject>
#include <QString>

namespace lipsync::ui {

/// A file, and what the engine says it is.
struct DescribedFile {
    std::filesystem::path path;
    FileDescription description;
};

/// What the window wants to know of files: facts and pictures are read on the thread "ui-library"; whole avatars are
/// checked, which takes long, on "ui-checking". The engine must outlive the bridge, whose destructor waits for what is
/// being read.
class LibraryBridge final : public QObject {
    Q_OBJECT

public:
    explicit LibraryBridge(Engine& engine, QObject* parent = nullptr);
    ~LibraryBridge() override;

    /// avatarRead() or avatarUnreadable() follows.
    void readAvatar(const std::filesystem::path& folder);
    /// voiceRead() or voiceUnreadable() follows.
    void readVoice(const std::filesystem::path& file);
    /// avatarVerified() follows.
    void verifyAvatar(const std::filesystem::path& folder);
    /// filesDescribed() follows with the number that is returned.
    quint64 describeFiles(const std::vector<std::filesystem::path>& paths);

Q_SIGNALS:
    void avatarRead(const std::filesystem::path& folder, const lipsync::AvatarInfo& avatar, const QImage& thumbnail);
    void avatarUnreadable(const std::filesystem::path& folder, const QString& reason);
    /// Peaks from 0 to 1; none where they could not be read.
    void voiceRead(const std::filesystem::path& file, const lipsync::VoiceInfo& voice, quint64 bytes,
                   const std::vector<float>& peaks);
    void voiceUnreadable(const std::filesystem::path& file, const QString& reason);
    /// What is wrong with it; empty when it is whole.
    void avatarVerified(const std::filesystem::path& folder, const QString& fault);
    void filesDescribed(quint64 job, const std::vector<lipsync::ui::DescribedFile>& files);

private:
    Engine& m_engine;
    quint64 m_lastJob = 0;
    WorkLane m_reading{*this, QStringLiteral("ui-library")};
    WorkLane m_checking{*this, QStringLiteral("ui-checking")};
};

} // namespace lipsync::ui

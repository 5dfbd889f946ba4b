// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/engine_post.h"

#include <cstdint>
#include <filesystem>
#include <memory>

#include <QObject>
#include <QTimer>

namespace lipsync::ui {

/// The one place where the engine's events become Qt signals. Events arrive on engine threads and are delivered on the
/// window's; an event of a job that has been replaced meanwhile is dropped. Nothing here waits for the engine, except
/// the destructor, which lets retired handles finish. The engine must outlive the bridge.
class EngineBridge final : public QObject {
    Q_OBJECT

public:
    explicit EngineBridge(Engine& engine, QObject* parent = nullptr);
    ~EngineBridge() override;

    /// What the parts of the bridge beside this one work with.
    Engine& engine() { return m_engine; }
    EnginePost& post() { return m_post; }

    /// Reads an avatar's facts on a thread of the bridge; avatarDescribed() or avatarRefused() follows.
    void describeAvatar(const std::filesystem::path& folder);
    /// Reads a voice's facts likewise; voiceDescribed() or voiceRefused() follows.
    void describeVoice(const std::filesystem::path& file);

    /// Opens a preview beside the present one, which stays until the new one is ready: previewReady() replaces it,
    /// previewRefused() leaves it as it was.
    void openPreview(const std::filesystem::path& avatar, const std::filesystem::path& voice);
    bool hasPreview() const { return m_preview != nullptr; }

    /// See Preview; without a preview they do nothing.
    void show(std::int64_t frame);
    void play(std::int64_t frame);
    void setPlayhead(std::int64_t frame);
    void pause();
    std::shared_ptr<const Picture> pictureAt(std::int64_t frame);
    /// See Preview; holds for previews that are opened later, too.
    void setOriginalsWanted(bool areWanted);
    /// All 0 without a preview.
    PreviewStatistics previewStatistics() const;

Q_SIGNALS:
    void avatarDescribed(const lipsync::AvatarInfo& avatar);
    void avatarRefused(const lipsync::Error& error);
    void voiceDescribed(const lipsync::VoiceInfo& voice);
    void voiceRefused(const lipsync::Error& error);

    void previewReady(const lipsync::PreviewInfo& info);
    void previewRefused(const lipsync::Error& error);
    void pictureMade(qint64 frame);
    void pictureFailed(const lipsync::Error& error);
    void statisticsPolled(const lipsync::PreviewStatistics& statistics);

private:
    using Job = std::uint64_t;

    void finishOpening(Job job, const Result<PreviewInfo>& opened);

    Engine& m_engine;
    EnginePost m_post;
    Job m_lastJob = 0;
    Job m_avatarJob = 0;
    Job m_voiceJob = 0;
    Job m_candidateJob = 0;
    Job m_previewJob = 0;
    std::unique_ptr<Preview> m_candidate; ///< opening
    std::unique_ptr<Preview> m_preview; ///< shown
    bool m_originalsAreWanted = false;
    QTimer m_statisticsTimer;
};

} // namespace lipsync::ui

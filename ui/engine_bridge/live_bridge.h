// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/engine_post.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include <QObject>

namespace lipsync::ui {

/// The engine's live session for the window. One is open at a time; what one that was replaced still says is dropped.
/// Pictures come as the window keeps up: the newest counts. Engine and post must outlive the bridge, whose destructor
/// lets retired handles finish.
class LiveBridge final : public QObject {
    Q_OBJECT

public:
    /// Takes sound, 16 kHz mono; on any thread.
    using Sink = std::function<void(std::span<const float> samples)>;

    LiveBridge(Engine& engine, EnginePost& post, QObject* parent = nullptr);
    ~LiveBridge() override;

    /// Opens a session in the place of the present one; ready() or refused() follows.
    void open(const std::filesystem::path& avatar, const LiveOptions& options);
    void close();
    bool isOpen() const { return m_session != nullptr; }

    /// Leads to whatever session is open and ready, also later ones; sound for which there is none is forgotten.
    Sink sink() const;
    /// See LiveSession; without a session they do nothing.
    void interrupt();
    LiveStatistics statistics() const;

    EnginePost& post() { return m_post; }

Q_SIGNALS:
    void ready(const lipsync::AvatarInfo& avatar);
    void refused(const lipsync::Error& error);
    void pictureMade(const std::shared_ptr<const lipsync::Picture>& picture);
    /// The session failed and is closed.
    void failed(const lipsync::Error& error);

private:
    using Job = std::uint64_t;
    struct NewestPicture;
    struct Listener;

    template <typename Function> void post(Job job, Function function);
    void finishOpening(const Result<AvatarInfo>& opened);
    void end(const Status& ended);

    Engine& m_engine;
    EnginePost& m_post;
    const std::shared_ptr<Listener> m_listener;
    Job m_job = 0; ///< of the present session
    std::shared_ptr<LiveSession> m_session;
};

} // namespace lipsync::ui

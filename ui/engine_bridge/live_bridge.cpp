// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/live_bridge.h"

#include <mutex>
#include <utility>

namespace lipsync::ui {

/// The last picture of a session that the window has not shown yet.
struct LiveBridge::NewestPicture {
    std::mutex mutex;
    std::shared_ptr<const Picture> picture;
};

/// Who hears the sound; shared with those who bring it.
struct LiveBridge::Listener {
    std::mutex mutex;
    std::weak_ptr<LiveSession> session;
};

LiveBridge::LiveBridge(Engine& engine, EnginePost& post, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_post(post)
    , m_listener(std::make_shared<Listener>())
{
}

LiveBridge::~LiveBridge()
{
    close();
    m_post.waitForHandles();
}

template <typename Function> void LiveBridge::post(Job job, Function function)
{
    QMetaObject::invokeMethod(
        this,
        [this, job, function = std::move(function)] {
            if (job == m_job)
                function();
        },
        Qt::QueuedConnection);
}

void LiveBridge::open(const std::filesystem::path& avatar, const LiveOptions& options)
{
    close();
    const Job job = m_job;
    const auto newest = std::make_shared<NewestPicture>();
    LiveSession::Events events;
    events.ready = [this, job](Result<AvatarInfo> opened) {
        post(job, [this, opened = std::move(opened)] { finishOpening(opened); });
    };
    events.picture = [this, job, newest](std::shared_ptr<const Picture> picture) {
        bool isAwaited = false;
        {
            std::lock_guard lock(newest->mutex);
            isAwaited = std::exchange(newest->picture, std::move(picture)) != nullptr;
        }
        if (isAwaited)
            return; // the window will take this one in its place
        post(job, [this, newest] {
            std::unique_lock lock(newest->mutex);
            const auto taken = std::exchange(newest->picture, nullptr);
            lock.unlock();
            Q_EMIT pictureMade(taken);
        });
    };
    events.finished = [this, job](Status ended) { post(job, [this, ended = std::move(ended)] { end(ended); }); };
    m_session = m_engine.openLive(avatar, std::move(events), options);
}

void LiveBridge::close()
{
    ++m_job;
    {
        std::lock_guard lock(m_listener->mutex);
        m_listener->session.reset();
    }
    if (m_session)
        m_post.retire(std::make_unique<std::shared_ptr<LiveSession>>(std::move(m_session)));
    m_session.reset();
}

LiveBridge::Sink LiveBridge::sink() const
{
    return [listener = m_listener](std::span<const float> samples) {
        std::unique_lock lock(listener->mutex);
        const auto session = listener->session.lock();
        lock.unlock();
        if (session)
            session->push(samples);
    };
}

void LiveBridge::interrupt()
{
    if (m_session)
        m_session->interrupt();
}

LiveStatistics LiveBridge::statistics() const
{
    return m_session ? m_session->statistics() : LiveStatistics();
}

void LiveBridge::finishOpening(const Result<AvatarInfo>& opened)
{
    if (!opened) {
        close();
        Q_EMIT refused(opened.error());
        return;
    }
    {
        std::lock_guard lock(m_listener->mutex);
        m_listener->session = m_session;
    }
    Q_EMIT ready(*opened);
}

void LiveBridge::end(const Status& ended)
{
    close();
    if (!ended)
        Q_EMIT failed(ended.error());
}

} // namespace lipsync::ui

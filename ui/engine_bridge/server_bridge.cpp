// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/server_bridge.h"

#include <chrono>
#include <string>
#include <utility>

namespace lipsync::ui {
namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 250ms; // architecture.md: counters are polled at 4 Hz

// What clients send may be of any length.
ServedCall shortened(ServedCall call)
{
    for (std::string* word : {&call.peer, &call.method, &call.avatar}) {
        if (word->size() > ServerBridge::kLongestWord)
            word->resize(ServerBridge::kLongestWord);
    }
    return call;
}

} // namespace

ServerBridge::ServerBridge(Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
{
    m_timer.setInterval(kInterval);
    connect(&m_timer, &QTimer::timeout, this, &ServerBridge::poll);
}

ServerBridge::~ServerBridge()
{
    m_lane.run([this] { m_server.reset(); });
}

void ServerBridge::start(const ServerOptions& options)
{
    ServerEvents events;
    events.called = [this](const ServedCall& call) { hear(call); };
    events.stopped = [this] { m_lane.run([this] { finish(); }); };
    m_lane.run([this, options, events = std::move(events)]() mutable {
        auto server = m_engine.startServer(options, std::move(events));
        if (!server) {
            m_lane.post([this, error = server.error()] { Q_EMIT refused(error); });
            return;
        }
        m_server = std::move(*server);
        m_lane.post([this, address = QString::fromStdString(m_server->address()),
                     metrics = QString::fromStdString(m_server->metricsAddress()),
                     web = QString::fromStdString(m_server->webAddress())] {
            m_timer.start();
            Q_EMIT started(address, metrics, web);
            poll();
        });
    });
}

void ServerBridge::stop()
{
    m_lane.run([this] {
        if (m_server)
            m_server->stop();
    });
}

void ServerBridge::poll()
{
    if (std::exchange(m_isPolling, true))
        return;
    m_lane.run([this] {
        const bool isThere = m_server != nullptr;
        m_lane.post([this, isThere, statistics = isThere ? m_server->statistics() : ServerStatistics()] {
            m_isPolling = false;
            if (isThere)
                Q_EMIT polled(statistics);
        });
    });
}

// On a thread of the server.
void ServerBridge::hear(const ServedCall& call)
{
    std::lock_guard lock(m_mutex);
    if (m_heard.size() == kMostWaiting)
        m_heard.pop_front();
    m_heard.push_back(shortened(call));
    if (!std::exchange(m_isPosted, true))
        m_lane.post([this] { deliver(); });
}

void ServerBridge::deliver()
{
    std::vector<ServedCall> calls;
    {
        std::lock_guard lock(m_mutex);
        m_isPosted = false;
        calls.assign(m_heard.begin(), m_heard.end());
        m_heard.clear();
    }
    Q_EMIT called(calls);
}

// The server's last words are its figures; its destructor waits for the thread that said it has stopped.
void ServerBridge::finish()
{
    if (!m_server)
        return;
    m_lane.post([this, statistics = m_server->statistics()] {
        m_timer.stop();
        Q_EMIT polled(statistics);
    });
    m_server.reset();
    m_lane.post([this] { Q_EMIT stopped(); });
}

} // namespace lipsync::ui

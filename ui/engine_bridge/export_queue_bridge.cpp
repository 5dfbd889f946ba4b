// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/export_queue_bridge.h"

#include <utility>

namespace lipsync::ui {

ExportQueueBridge::ExportQueueBridge(Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
{
}

ExportQueueBridge::~ExportQueueBridge()
{
    m_lane.run([this] { m_queue.reset(); });
}

void ExportQueueBridge::open(const std::filesystem::path& journal)
{
    ExportQueue::Events events;
    // The queue must not be asked from within its events, nor may the window wait for it: the lane reads what is new.
    events.changed = [this] {
        if (!m_isReadWanted.exchange(true))
            m_lane.post([this] { read(); });
    };
    events.ended = [this](const ExportJob& job) { m_lane.post([this, job] { Q_EMIT ended(job); }); };
    m_lane.run([this, journal, events = std::move(events)]() mutable {
        auto queue = m_engine.openExportQueue(journal, std::move(events));
        if (!queue) {
            m_openingError = queue.error();
            m_lane.post([this, error = m_openingError] { Q_EMIT openingRefused(error); });
            return;
        }
        m_queue = std::move(*queue);
        m_lane.post([this, note = m_queue->openingNote()] {
            m_isOpen = true;
            m_openingNote = QString::fromStdString(note);
            Q_EMIT opened();
            read();
        });
    });
}

void ExportQueueBridge::add(const ExportRequest& request, bool starts)
{
    append([request, starts](ExportQueue& queue) {
        const auto added = queue.add(request);
        if (added && starts)
            queue.startOnly(*added);
        return added;
    });
}

void ExportQueueBridge::duplicate(std::uint64_t job)
{
    append([job](ExportQueue& queue) { return queue.duplicate(job); });
}

void ExportQueueBridge::start()
{
    command([](ExportQueue& queue) { queue.start(); });
}

void ExportQueueBridge::pauseNow()
{
    command([](ExportQueue& queue) { queue.pauseNow(); });
}

void ExportQueueBridge::pauseAfterCurrent()
{
    command([](ExportQueue& queue) { queue.pauseAfterCurrent(); });
}

void ExportQueueBridge::cancel(std::uint64_t job)
{
    command([job](ExportQueue& queue) { queue.cancel(job); });
}

void ExportQueueBridge::retry(std::uint64_t job)
{
    command([job](ExportQueue& queue) {
        queue.retry(job);
        queue.startOnly(job);
    });
}

void ExportQueueBridge::move(std::uint64_t job, std::size_t position)
{
    command([job, position](ExportQueue& queue) { queue.move(job, position); });
}

void ExportQueueBridge::remove(std::uint64_t job)
{
    command([job](ExportQueue& queue) { queue.remove(job); });
}

void ExportQueueBridge::clearEnded()
{
    command([](ExportQueue& queue) { queue.clearEnded(); });
}

void ExportQueueBridge::command(std::function<void(ExportQueue&)> command)
{
    m_lane.run([this, command = std::move(command)] {
        if (m_queue)
            command(*m_queue);
    });
}

void ExportQueueBridge::append(std::function<Result<std::uint64_t>(ExportQueue&)> append)
{
    m_lane.run([this, append = std::move(append)] {
        const Result<std::uint64_t> added = m_queue ? append(*m_queue) : tl::unexpected(m_openingError);
        m_lane.post([this, added] {
            if (added)
                Q_EMIT this->added(*added);
            else
                Q_EMIT refused(added.error());
        });
    });
}

void ExportQueueBridge::read()
{
    m_isReadWanted = false;
    command([this](ExportQueue& queue) {
        m_lane.post([this, jobs = queue.jobs(), isRunning = queue.isRunning()]() mutable {
            m_jobs = std::move(jobs);
            m_isRunning = isRunning;
            Q_EMIT changed();
        });
    });
}

} // namespace lipsync::ui

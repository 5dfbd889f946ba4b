// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/work_lane.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include <QObject>
#include <QString>

namespace lipsync::ui {

/// The engine's export queue for the window: what is asked of it is done on the thread "ui-queue", because it checks
/// and writes files; what it says comes as signals on the window's. The engine must outlive the bridge. The destructor
/// waits until the running export has put down what it has.
class ExportQueueBridge final : public QObject {
    Q_OBJECT

public:
    explicit ExportQueueBridge(Engine& engine, QObject* parent = nullptr);
    ~ExportQueueBridge() override;

    /// Opens the queue of a journal; opened() or openingRefused() follows. Once; what is asked meanwhile waits for it.
    void open(const std::filesystem::path& journal);
    bool isOpen() const { return m_isOpen; }

    /// As of the last changed(), in their order of work.
    const std::vector<ExportJob>& jobs() const { return m_jobs; }
    bool isRunning() const { return m_isRunning; }

    /// What is to be known of how it was opened, see ExportQueue; empty before.
    const QString& openingNote() const { return m_openingNote; }

    /// Puts a job at the end, and starts it alone where `starts`; added() or refused() follows, also without an open
    /// queue.
    void add(const ExportRequest& request, bool starts);
    void duplicate(std::uint64_t job);
    /// See ExportQueue; without an open queue they do nothing.
    void start();
    void pauseNow();
    void pauseAfterCurrent();
    void cancel(std::uint64_t job);
    /// Lets it wait again and starts it alone.
    void retry(std::uint64_t job);
    void move(std::uint64_t job, std::size_t position);
    void remove(std::uint64_t job);
    void clearEnded();

Q_SIGNALS:
    void opened();
    void openingRefused(const lipsync::Error& error);
    void changed();
    void added(quint64 job);
    void refused(const lipsync::Error& error);
    void ended(const lipsync::ExportJob& job);

private:
    void command(std::function<void(ExportQueue&)> command);
    void append(std::function<Result<std::uint64_t>(ExportQueue&)> append);
    void read();

    Engine& m_engine;
    std::unique_ptr<ExportQueue> m_queue; ///< the lane's alone, as is why there is none
    Error m_openingError;
    QString m_openingNote;
    std::vector<ExportJob> m_jobs;
    bool m_isRunning = false;
    bool m_isOpen = false;
    std::atomic<bool> m_isReadWanted = false;
    WorkLane m_lane{*this, QStringLiteral("ui-queue")};
};

} // namespace lipsync::ui

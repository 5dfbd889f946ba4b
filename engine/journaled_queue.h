// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "event_log.h"
#include "export_journal.h"

#include "render/resumable_job.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace lipsync {

/// Makes the file of a job, going on where an earlier run ended; `earlierSeconds` of work are known. Called on the
/// queue's thread.
using JobRunner = std::function<Result<ExportReport>(const ExportRequest& request, double earlierSeconds,
                                                     const render::ResumableEvents& events, std::stop_token stop)>;

/// The engine's ExportQueue. Its thread "exports" makes one file after the other; its thread "journal" writes down what
/// has changed, removes what is not wanted any more, and tells the events. What a crash leaves between the two is made
/// good when the journal is opened: the files say themselves how far they are.
class JournaledQueue : public ExportQueue {
public:
    /// Without a runner it keeps jobs and works on none.
    static Result<std::unique_ptr<JournaledQueue>> open(const std::filesystem::path& journal, Events events,
                                                        std::shared_ptr<EventLog> log, JobRunner runner);
    ~JournaledQueue() override;

    std::vector<ExportJob> jobs() const override;
    bool isRunning() const override;
    std::string openingNote() const override { return m_openingNote; }
    Result<std::uint64_t> add(const ExportRequest& request) override;
    void start() override;
    void startOnly(std::uint64_t job) override;
    void pauseNow() override;
    void pauseAfterCurrent() override;
    void cancel(std::uint64_t job) override;
    void retry(std::uint64_t job) override;
    Result<std::uint64_t> duplicate(std::uint64_t job) override;
    void move(std::uint64_t job, std::size_t position) override;
    void remove(std::uint64_t job) override;
    void clearEnded() override;

    /// Waits until everything that was asked for is written down. Resource when that fails.
    Status save();

private:
    enum class Wish { GoOn, Pause, Cancel, Remove };
    /// The job that is being made.
    struct Run {
        std::uint64_t job = 0;
        std::stop_source stop;
        Wish wish = Wish::GoOn;
        double earlierSeconds = 0;
        std::chrono::steady_clock::time_point started;
    };
    using Lock = std::unique_lock<std::mutex>;

    JournaledQueue(std::filesystem::path file, JournalLock fileLock, ExportJournal journal, std::string openingNote,
                   Events events, std::shared_ptr<EventLog> log, JobRunner runner);

    void work(const std::stop_token& stop);
    ExportJob* next();
    Result<ExportReport> make(const ExportRequest& request, double earlierSeconds, const std::stop_token& stop);
    void begun(const render::EarlierWork& earlier);
    void progressed(const render::RenderProgress& progress);
    void settle(Lock& lock, const Result<ExportReport>& report);
    void settleDone(Lock& lock, ExportJob& job, const ExportReport& report);
    void settleCancelled(ExportJob& job, bool isRemoved);
    void end(ExportJob& job, ExportJobState state, std::string message = {});

    void keep(const std::stop_token& stop);
    void discardUnwanted(Lock& lock);
    void write(Lock& lock);
    void tell(Lock& lock);

    ExportJob* find(std::uint64_t job);
    bool isTaken(const std::filesystem::path& output) const;
    Result<std::uint64_t> append(Lock& lock, ExportRequest request, std::int64_t frames);
    void stopRun(Wish wish);
    /// No job is begun any more.
    void standStill();
    /// A queue whose jobs are all over stands still.
    void restWhenDone();
    /// Has the work on a job that is over removed, unless another one goes on with that output.
    void discard(const ExportRequest& request);
    void changed();
    Status saved(Lock& lock);

    const std::filesystem::path m_file;
    const JournalLock m_fileLock;
    const std::string m_openingNote;
    const Events m_events;
    const std::shared_ptr<EventLog> m_log;
    const JobRunner m_runner;

    mutable std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_news; ///< for the journal: something is to be written, removed or told
    std::condition_variable_any m_ready; ///< for the exports and for save(): something may go on
    ExportJournal m_journal;
    std::optional<Run> m_run;
    std::uint64_t m_changes = 0, m_saved = 0; ///< counts of them
    std::optional<Error> m_saveFailure; ///< of the last attempt
    bool m_hasNews = false;
    std::deque<ExportRequest> m_unwanted; ///< whose work is to be removed
    std::deque<ExportJob> m_ended; ///< to be told

    std::jthread m_keeper; ///< the last two: they use all of the above
    std::jthread m_worker;
};

} // namespace lipsync

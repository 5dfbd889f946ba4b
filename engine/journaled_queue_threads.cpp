// SPDX-License-Identifier: GPL-3.0-or-later
// What the queue does on its two threads.
#include "journaled_queue.h"

#include "base/file_system.h"
#include "base/thread_name.h"
#include "render_export.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace lipsync {

namespace {

namespace fs = std::filesystem;

constexpr const char* kSource = "export queue";
constexpr auto kProgressInterval = std::chrono::milliseconds(100);

/// A job that was being made when the program ended goes on; where it stands, its work says itself.
void takeUp(ExportJob& job)
{
    if (job.state == ExportJobState::Running)
        job.state = ExportJobState::Paused;
    if (job.state != ExportJobState::Paused)
        return;
    const auto work = render::earlierWork(job.request.output);
    job.progress.framesDone = work ? work->frames : 0;
    if (work)
        job.elapsedSeconds = std::max(job.elapsedSeconds, work->seconds);
}

/// Puts a damaged journal aside under a free name.
Result<fs::path> putAside(const fs::path& journal)
{
    fs::path name;
    std::error_code problem;
    for (int number = 1; name.empty() || fs::exists(fs::symlink_status(name, problem)); ++number)
        name = fmt::format("{}.damaged-{}", journal.string(), number);
    fs::rename(journal, name, problem);
    if (problem)
        return failure(ErrorCode::Resource,
                       fmt::format("The journal {} is damaged and cannot be put aside.", journal.string()),
                       problem.message());
    return name;
}

std::uint64_t bytesOf(const fs::path& output)
{
    std::error_code ignored;
    if (!fs::is_directory(output, ignored)) {
        const auto bytes = fs::file_size(output, ignored);
        return ignored ? 0 : bytes;
    }
    std::uint64_t sum = 0;
    for (fs::directory_iterator entry(output, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
        std::error_code unknown;
        const auto bytes = entry->file_size(unknown);
        sum += unknown ? 0 : bytes;
    }
    return sum;
}

} // namespace

Result<std::unique_ptr<JournaledQueue>> JournaledQueue::open(const fs::path& journal, Events events,
                                                             std::shared_ptr<EventLog> log, JobRunner runner)
{
    auto lock = JournalLock::take(journal);
    if (!lock)
        return failure(lock);
    auto read = readJournal(journal);
    if (!read && read.error().code == ErrorCode::Usage)
        return failure(
            ErrorCode::Resource,
            fmt::format("The exports in {} were kept by a newer LipSync Studio; use that one.", journal.string()));
    if (!read && read.error().code != ErrorCode::InvalidInput)
        return failure(read);
    std::string note;
    if (!read) {
        const auto aside = putAside(journal);
        if (!aside)
            return failure(aside);
        note = fmt::format("The journal of the exports was damaged and is kept as {}; the queue is empty now.",
                           aside->string());
        log->warning(kSource, fmt::format("{} {}", note, read.error().text()));
        read = ExportJournal();
    }
    for (auto& job : read->jobs)
        takeUp(job);
    std::unique_ptr<JournaledQueue> queue(new JournaledQueue(journal, std::move(*lock), std::move(*read),
                                                             std::move(note), std::move(events), std::move(log),
                                                             std::move(runner)));
    if (auto saved = queue->save(); !saved)
        return failure(saved);
    return queue;
}

JournaledQueue::JournaledQueue(fs::path file, JournalLock fileLock, ExportJournal journal, std::string openingNote,
                               Events events, std::shared_ptr<EventLog> log, JobRunner runner)
    : m_file(std::move(file))
    , m_fileLock(std::move(fileLock))
    , m_openingNote(std::move(openingNote))
    , m_events(std::move(events))
    , m_log(std::move(log))
    , m_runner(std::move(runner))
    , m_journal(std::move(journal))
    , m_changes(1)
{
    restWhenDone();
    for (const auto& job : m_journal.jobs) // what a crash kept from being removed
        if (job.state == ExportJobState::Done || job.state == ExportJobState::Cancelled)
            discard(job.request);
    m_keeper = std::jthread([this](std::stop_token stop) { keep(stop); });
    if (m_runner)
        m_worker = std::jthread([this](std::stop_token stop) { work(stop); });
}

void JournaledQueue::work(const std::stop_token& stop)
{
    setThreadName("exports");
    Lock lock(m_mutex);
    while (m_ready.wait(lock, stop, [&] { return m_unwanted.empty() && next() != nullptr; })) {
        if (stop.stop_requested())
            return;
        auto& job = *next();
        job.state = ExportJobState::Running;
        job.message.clear();
        m_run.emplace();
        m_run->job = job.id;
        m_run->earlierSeconds = job.elapsedSeconds;
        m_run->started = std::chrono::steady_clock::now();
        changed();
        const auto request = job.request;
        const auto earlier = job.elapsedSeconds;
        const auto runStop = m_run->stop.get_token();
        lock.unlock();
        const auto report = make(request, earlier, runStop);
        lock.lock();
        settle(lock, report);
    }
}

ExportJob* JournaledQueue::next()
{
    auto& jobs = m_journal.jobs;
    const auto found = std::find_if(jobs.begin(), jobs.end(), [this](const auto& job) {
        const bool mayBegin = job.state == ExportJobState::Waiting || job.state == ExportJobState::Paused;
        return mayBegin && (m_journal.isRunning || job.isWanted);
    });
    return found == jobs.end() ? nullptr : &*found;
}

Result<ExportReport> JournaledQueue::make(const ExportRequest& request, double earlierSeconds,
                                          const std::stop_token& stop)
{
    render::ResumableEvents events;
    events.begun = [this](const render::EarlierWork& earlier) { begun(earlier); };
    events.progress = [this](const render::RenderProgress& progress) { progressed(progress); };
    return m_runner(request, earlierSeconds, events, stop);
}

void JournaledQueue::begun(const render::EarlierWork& earlier)
{
    std::lock_guard lock(m_mutex);
    auto* job = find(m_run->job);
    m_run->earlierSeconds = earlier.seconds;
    m_run->started = std::chrono::steady_clock::now();
    job->progress.framesDone = earlier.frames;
    job->message = earlier.note;
    const auto output = job->request.output.string();
    m_log->info(kSource,
                earlier.frames > 0 ? fmt::format("The export of {} goes on after {} frames.", output, earlier.frames)
                                   : fmt::format("The export of {} begins.", output));
    if (!earlier.note.empty())
        m_log->warning(kSource, fmt::format("{}: {}", output, earlier.note));
    changed();
}

void JournaledQueue::progressed(const render::RenderProgress& progress)
{
    std::lock_guard lock(m_mutex);
    auto* job = find(m_run->job);
    const auto left = static_cast<double>(progress.frames - progress.framesDone);
    job->progress = {progress.framesDone, progress.frames, progress.framesPerSecond,
                     progress.framesPerSecond > 0 ? left / progress.framesPerSecond : 0};
    const auto here = std::chrono::steady_clock::now() - m_run->started;
    job->elapsedSeconds = m_run->earlierSeconds + std::chrono::duration<double>(here).count();
    m_hasNews = true;
    m_news.notify_all();
}

void JournaledQueue::settle(Lock& lock, const Result<ExportReport>& report)
{
    auto& job = *find(m_run->job);
    const auto wish = m_run->wish;
    const auto here = std::chrono::steady_clock::now() - m_run->started;
    job.elapsedSeconds = m_run->earlierSeconds + std::chrono::duration<double>(here).count();
    m_run.reset();
    job.progress.framesPerSecond = job.progress.secondsLeft = 0;
    if (report)
        return settleDone(lock, job, *report);
    if (wish == Wish::Cancel || wish == Wish::Remove)
        return settleCancelled(job, wish == Wish::Remove);
    const auto work = render::earlierWork(job.request.output);
    job.progress.framesDone = work ? work->frames : 0;
    if (report.error().code == ErrorCode::Interrupted) {
        job.state = ExportJobState::Paused;
        return changed();
    }
    m_log->error(kSource,
                 fmt::format("The export of {} failed: {}", job.request.output.string(), report.error().text()));
    end(job, ExportJobState::Failed, report.error().text());
}

void JournaledQueue::settleDone(Lock& lock, ExportJob& job, const ExportReport& report)
{
    const auto request = job.request;
    job.progress.framesDone = job.progress.frames = report.frames;
    job.outputBytes = bytesOf(request.output);
    m_log->info(kSource, fmt::format("The export of {} is done: {} frames.", request.output.string(), report.frames));
    end(job, ExportJobState::Done, job.message);
    // Only when that is written down may the record go that the file is whole.
    if (saved(lock))
        discard(request);
}

void JournaledQueue::settleCancelled(ExportJob& job, bool isRemoved)
{
    job.progress.framesDone = 0;
    job.elapsedSeconds = 0;
    end(job, ExportJobState::Cancelled);
    const auto request = job.request;
    if (isRemoved)
        m_journal.jobs.erase(m_journal.jobs.begin() + (&job - m_journal.jobs.data()));
    discard(request);
}

void JournaledQueue::end(ExportJob& job, ExportJobState state, std::string message)
{
    job.state = state;
    job.isWanted = false;
    job.message = std::move(message);
    m_ended.push_back(job);
    changed();
}

void JournaledQueue::keep(const std::stop_token& stop)
{
    setThreadName("journal");
    Lock lock(m_mutex);
    while (m_news.wait(lock, stop, [&] { return m_hasNews || m_changes != m_saved || !m_unwanted.empty(); })) {
        discardUnwanted(lock);
        if (m_changes != m_saved)
            write(lock);
        tell(lock);
        // Progress comes frame by frame and is told less often; what changes is written at once.
        m_news.wait_for(lock, stop, kProgressInterval, [&] { return m_changes != m_saved || !m_unwanted.empty(); });
    }
}

void JournaledQueue::discardUnwanted(Lock& lock)
{
    while (!m_unwanted.empty()) {
        const auto request = renderRequest(m_unwanted.front());
        lock.unlock();
        render::discardWork(request);
        lock.lock();
        m_unwanted.pop_front();
        m_ready.notify_all();
    }
}

void JournaledQueue::write(Lock& lock)
{
    const auto changes = m_changes;
    const auto text = toJson(m_journal);
    lock.unlock();
    auto written = writeFile(m_file, text);
    lock.lock();
    if (!written && !m_saveFailure)
        m_log->error(kSource, "The exports cannot be kept: " + written.error().text());
    m_saveFailure = written ? std::nullopt : std::optional(written.error());
    m_saved = changes;
    m_ready.notify_all();
}

void JournaledQueue::tell(Lock& lock)
{
    const bool hasNews = std::exchange(m_hasNews, false);
    const auto ended = std::exchange(m_ended, {});
    lock.unlock();
    if (hasNews && m_events.changed)
        m_events.changed();
    for (const auto& job : ended)
        if (m_events.ended)
            m_events.ended(job);
    lock.lock();
}

} // namespace lipsync

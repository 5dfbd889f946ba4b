// SPDX-License-Identifier: GPL-3.0-or-later
#include "journaled_queue.h"

#include "base/thread_name.h"
#include "export_checks.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace lipsync {

namespace {

namespace fs = std::filesystem;

bool isOver(ExportJobState state)
{
    return state == ExportJobState::Done || state == ExportJobState::Cancelled || state == ExportJobState::Failed;
}

ExportRequest withWholeNames(ExportRequest request)
{
    std::error_code ignored;
    for (auto* path : {&request.avatar, &request.voice, &request.features, &request.output})
        if (!path->empty())
            *path = fs::absolute(*path, ignored).lexically_normal();
    if (!request.output.has_filename())
        request.output = request.output.parent_path();
    return request;
}

} // namespace

JournaledQueue::~JournaledQueue()
{
    {
        std::lock_guard lock(m_mutex);
        stopRun(Wish::Pause);
    }
    m_worker.request_stop();
    if (m_worker.joinable())
        m_worker.join();
    (void)save(); // what failed is in the log
    m_keeper.request_stop();
}

std::vector<ExportJob> JournaledQueue::jobs() const
{
    std::lock_guard lock(m_mutex);
    return m_journal.jobs;
}

bool JournaledQueue::isRunning() const
{
    std::lock_guard lock(m_mutex);
    return m_journal.isRunning;
}

Result<std::uint64_t> JournaledQueue::add(const ExportRequest& request)
{
    auto whole = withWholeNames(request);
    for (const auto& path : {whole.avatar, whole.voice, whole.features, whole.output})
        if (!canBeKept(path))
            return failure(
                ErrorCode::Usage,
                fmt::format("The name {} is too long or no UTF-8, so the journal cannot keep it.", path.string()));
    {
        std::lock_guard lock(m_mutex);
        if (isTaken(whole.output))
            return failure(ErrorCode::Usage,
                           fmt::format("{} is the output of another export in the queue. Choose another name.",
                                       whole.output.string()));
    }
    const auto frames = checkExport(whole);
    if (!frames)
        return failure(frames);
    Lock lock(m_mutex);
    const auto job = append(lock, std::move(whole), *frames);
    if (!job)
        return job;
    if (auto kept = saved(lock); !kept) {
        std::erase_if(m_journal.jobs, [&](const auto& other) { return other.id == *job; });
        return failure(kept);
    }
    return job;
}

Result<std::uint64_t> JournaledQueue::duplicate(std::uint64_t job)
{
    Lock lock(m_mutex);
    const auto* original = find(job);
    if (original == nullptr)
        return failure(ErrorCode::Usage, "The export that was to be duplicated is not in the queue any more.");
    auto request = original->request;
    request.overwrite = false;
    request.output = freeNameBeside(request.output, [&](const fs::path& name) {
        std::error_code ignored;
        return isTaken(name) || fs::exists(fs::symlink_status(name, ignored));
    });
    return append(lock, std::move(request), original->progress.frames);
}

Result<std::uint64_t> JournaledQueue::append(Lock&, ExportRequest request, std::int64_t frames)
{
    if (m_journal.jobs.size() >= kMaxExportJobs)
        return failure(ErrorCode::Usage,
                       fmt::format("The queue has {} exports, which is the most. Remove some first.", kMaxExportJobs));
    if (isTaken(request.output)) // while its files were read
        return failure(ErrorCode::Usage,
                       fmt::format("{} is the output of another export in the queue. Choose another name.",
                                   request.output.string()));
    ExportJob job;
    job.id = ++m_journal.lastId;
    job.request = std::move(request);
    job.progress.frames = frames;
    m_journal.jobs.push_back(job);
    changed();
    return job.id;
}

void JournaledQueue::start()
{
    std::lock_guard lock(m_mutex);
    m_journal.isRunning = true;
    changed();
}

void JournaledQueue::startOnly(std::uint64_t id)
{
    std::lock_guard lock(m_mutex);
    auto* job = find(id);
    if (job == nullptr || isOver(job->state))
        return;
    job->isWanted = true;
    changed();
}

void JournaledQueue::pauseNow()
{
    std::lock_guard lock(m_mutex);
    standStill();
    stopRun(Wish::Pause);
    changed();
}

void JournaledQueue::pauseAfterCurrent()
{
    std::lock_guard lock(m_mutex);
    standStill();
    if (m_run)
        find(m_run->job)->isWanted = true;
    changed();
}

void JournaledQueue::cancel(std::uint64_t id)
{
    std::lock_guard lock(m_mutex);
    auto* job = find(id);
    if (job == nullptr || isOver(job->state))
        return;
    if (m_run && m_run->job == id)
        return stopRun(Wish::Cancel);
    settleCancelled(*job, false);
}

void JournaledQueue::retry(std::uint64_t id)
{
    std::lock_guard lock(m_mutex);
    auto* job = find(id);
    if (job == nullptr || (job->state != ExportJobState::Failed && job->state != ExportJobState::Cancelled))
        return;
    job->state = ExportJobState::Waiting;
    job->message.clear();
    changed();
}

void JournaledQueue::move(std::uint64_t id, std::size_t position)
{
    std::lock_guard lock(m_mutex);
    auto* job = find(id);
    if (job == nullptr)
        return;
    const auto moved = *job;
    auto& jobs = m_journal.jobs;
    jobs.erase(jobs.begin() + (job - jobs.data()));
    jobs.insert(jobs.begin() + static_cast<std::ptrdiff_t>(std::min(position, jobs.size())), moved);
    changed();
}

void JournaledQueue::remove(std::uint64_t id)
{
    std::lock_guard lock(m_mutex);
    auto* job = find(id);
    if (job == nullptr)
        return;
    if (m_run && m_run->job == id)
        return stopRun(Wish::Remove);
    const auto request = job->request;
    m_journal.jobs.erase(m_journal.jobs.begin() + (job - m_journal.jobs.data()));
    discard(request);
    changed();
}

void JournaledQueue::clearEnded()
{
    std::lock_guard lock(m_mutex);
    const auto before = m_journal.jobs;
    std::erase_if(m_journal.jobs, [](const auto& job) { return isOver(job.state); });
    for (const auto& job : before)
        if (isOver(job.state))
            discard(job.request); // one that failed could have gone on
    changed();
}

ExportJob* JournaledQueue::find(std::uint64_t id)
{
    auto& jobs = m_journal.jobs;
    const auto found = std::find_if(jobs.begin(), jobs.end(), [id](const auto& job) { return job.id == id; });
    return found == jobs.end() ? nullptr : &*found;
}

bool JournaledQueue::isTaken(const fs::path& output) const
{
    std::error_code ignored;
    const auto name = fs::weakly_canonical(output, ignored);
    return std::any_of(m_journal.jobs.begin(), m_journal.jobs.end(), [&](const auto& job) {
        const bool mayBeMade = job.state != ExportJobState::Done && job.state != ExportJobState::Cancelled;
        return mayBeMade && fs::weakly_canonical(job.request.output, ignored) == name;
    });
}

void JournaledQueue::stopRun(Wish wish)
{
    if (!m_run)
        return;
    m_run->wish = std::max(m_run->wish, wish); // a cancelled job is not to be paused
    m_run->stop.request_stop();
}

void JournaledQueue::standStill()
{
    m_journal.isRunning = false;
    for (auto& job : m_journal.jobs)
        job.isWanted = false;
}

void JournaledQueue::restWhenDone()
{
    const auto& jobs = m_journal.jobs;
    if (std::all_of(jobs.begin(), jobs.end(), [](const auto& job) { return isOver(job.state); }))
        standStill();
}

void JournaledQueue::discard(const ExportRequest& request)
{
    if (isTaken(request.output))
        return;
    m_unwanted.push_back(request);
    m_news.notify_all();
}

void JournaledQueue::changed()
{
    restWhenDone();
    ++m_changes;
    m_hasNews = true;
    m_news.notify_all();
    m_ready.notify_all();
}

Status JournaledQueue::save()
{
    Lock lock(m_mutex);
    return saved(lock);
}

Status JournaledQueue::saved(Lock& lock)
{
    if (m_saveFailure)
        changed(); // try again
    const auto wanted = m_changes;
    m_ready.wait(lock, [&] { return m_saved >= wanted && m_unwanted.empty(); });
    if (m_saveFailure)
        return tl::unexpected(*m_saveFailure);
    return {};
}

} // namespace lipsync

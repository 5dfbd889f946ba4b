// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "concurrency_options.h"
#include "engine.h"
#include "export_options.h"
#include "options.h"
#include "output.h"
#include "terminal.h"

#include "base/file_system.h"
#include "journaled_queue.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

namespace {

struct QueueOptions {
    std::filesystem::path journal = configurationFile("exports.json");
    ExportRequest request;
    ConcurrencyOptions concurrency;
    std::uint64_t job = 0;
    std::size_t position = 1;
    bool json = false;
};

const char* stateText(ExportJobState state)
{
    switch (state) {
    case ExportJobState::Waiting:
        return "waiting";
    case ExportJobState::Running:
        return "running";
    case ExportJobState::Paused:
        return "paused";
    case ExportJobState::Done:
        return "done";
    case ExportJobState::Cancelled:
        return "cancelled";
    case ExportJobState::Failed:
        return "failed";
    }
    return "";
}

bool isToBeMade(const ExportJob& job)
{
    return job.state == ExportJobState::Waiting || job.state == ExportJobState::Running ||
        job.state == ExportJobState::Paused;
}

Status checkJournal(const QueueOptions& options)
{
    if (!options.journal.empty())
        return {};
    return failure(ErrorCode::Usage, "There is no home folder for the queue's journal; name one with --journal.");
}

/// The queue to be changed, without working on it.
Result<std::unique_ptr<JournaledQueue>> openForChanges(const QueueOptions& options)
{
    if (auto named = checkJournal(options); !named)
        return failure(named);
    return JournaledQueue::open(options.journal, {}, std::make_shared<EventLog>(), {});
}

Status addJob(const QueueOptions& options)
{
    auto queue = openForChanges(options);
    if (!queue)
        return failure(queue);
    const auto job = (*queue)->add(options.request);
    if (!job)
        return failure(job);
    return options.json ? printJson({{"id", *job}})
                        : printText(fmt::format("Export {} waits: {}\n", *job, options.request.output.string()));
}

nlohmann::ordered_json toJson(const ExportJob& job)
{
    return {{"id", job.id},
            {"state", stateText(job.state)},
            {"output", job.request.output.string()},
            {"format", nameOf(job.request.format)},
            {"avatar", job.request.avatar.string()},
            {"voice", job.request.voice.string()},
            {"frames_done", job.progress.framesDone},
            {"frames", job.progress.frames},
            {"elapsed_seconds", job.elapsedSeconds},
            {"message", job.message},
            {"output_bytes", job.outputBytes}};
}

Status listJobs(const QueueOptions& options)
{
    if (auto named = checkJournal(options); !named)
        return named;
    const auto journal = readJournal(options.journal); // also while somebody works on it
    if (!journal)
        return failure(journal);
    if (options.json) {
        auto jobs = nlohmann::ordered_json::array();
        for (const auto& job : journal->jobs)
            jobs.push_back(toJson(job));
        return printJson({{"running", journal->isRunning}, {"jobs", jobs}});
    }
    if (journal->jobs.empty())
        return printText("The queue is empty.\n");
    std::string lines;
    for (const auto& job : journal->jobs) {
        lines += fmt::format("{:>4}  {:<9}  {:>6}/{:<6}  {}\n", job.id, stateText(job.state), job.progress.framesDone,
                             job.progress.frames, job.request.output.string());
        if (!job.message.empty())
            lines += fmt::format("      {}\n", job.message);
    }
    return printText(lines);
}

/// Does something to one job of the queue.
template <typename Change> Status changeJob(const QueueOptions& options, const Change& change)
{
    auto queue = openForChanges(options);
    if (!queue)
        return failure(queue);
    const auto jobs = (*queue)->jobs();
    const auto known = std::any_of(jobs.begin(), jobs.end(), [&](const auto& job) { return job.id == options.job; });
    if (!known)
        return failure(
            ErrorCode::Usage,
            fmt::format("There is no export {} in the queue; 'lipsync queue list' shows them.", options.job));
    change(**queue);
    return (*queue)->save();
}

/// Wakes the thread that waits when something in the queue has changed.
class QueueNews {
public:
    ExportQueue::Events events()
    {
        return {[this] {
                    std::lock_guard lock(m_mutex);
                    m_hasNews = true;
                    m_told.notify_all();
                },
                [](const ExportJob&) {}};
    }
    void wait(const std::stop_token& stop)
    {
        std::unique_lock lock(m_mutex);
        m_told.wait(lock, stop, [this] { return m_hasNews; });
        m_hasNews = false;
    }

private:
    std::mutex m_mutex;
    std::condition_variable_any m_told;
    bool m_hasNews = true; ///< what there is at first
};

void showProgress(ProgressLine& line, const std::vector<ExportJob>& jobs)
{
    const auto running =
        std::find_if(jobs.begin(), jobs.end(), [](const auto& job) { return job.state == ExportJobState::Running; });
    if (running == jobs.end() || running->progress.frames < 1)
        return;
    const auto& state = running->progress;
    line.show(running->request.output.filename().string(),
              static_cast<double>(state.framesDone) / static_cast<double>(state.frames),
              fmt::format("{}/{} frames  {:.1f} fps  {} left", state.framesDone, state.frames, state.framesPerSecond,
                          durationText(state.secondsLeft)));
}

std::string endText(const ExportJob& job)
{
    if (job.state == ExportJobState::Done)
        return fmt::format("{}: {} frames in {:.1f} s\n", job.request.output.string(), job.progress.frames,
                           job.elapsedSeconds);
    return fmt::format("{}: {}\n", job.request.output.string(),
                       job.message.empty() ? stateText(job.state) : job.message);
}

std::set<std::uint64_t> endedJobs(const std::vector<ExportJob>& jobs)
{
    std::set<std::uint64_t> ended;
    for (const auto& job : jobs)
        if (!isToBeMade(job))
            ended.insert(job.id);
    return ended;
}

/// Waits until every job is over and tells each that ends; how many have failed.
Result<int> waitForAll(ExportQueue& queue, QueueNews& news, const std::stop_token& stop)
{
    ProgressLine line;
    int failed = 0;
    auto told = endedJobs(queue.jobs());
    queue.start();
    while (true) {
        news.wait(stop);
        const auto jobs = queue.jobs();
        for (const auto& job : jobs) {
            if (isToBeMade(job) || !told.insert(job.id).second)
                continue;
            failed += job.state == ExportJobState::Failed ? 1 : 0;
            line.finish();
            if (auto printed = printText(endText(job)); !printed)
                return failure(printed);
        }
        if (std::none_of(jobs.begin(), jobs.end(), isToBeMade))
            return failed;
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Paused; 'lipsync queue run' goes on where it stopped.");
        showProgress(line, jobs);
    }
}

Status runJobs(const QueueOptions& options, const std::stop_token& stop)
{
    if (auto named = checkJournal(options); !named)
        return named;
    const auto journal = readJournal(options.journal);
    if (!journal && journal.error().code != ErrorCode::InvalidInput)
        return failure(journal);
    std::optional<ConcurrencyPlan> tuned;
    if (journal) {
        const auto& jobs = journal->jobs;
        const auto first = std::find_if(jobs.begin(), jobs.end(), isToBeMade);
        tuned = first == jobs.end() ? std::nullopt : tunedPlan(first->request.avatar);
    }
    auto plan = planOf(options.concurrency, tuned);
    if (!plan)
        return failure(plan);
    auto engine = createEngine({.plan = std::move(*plan), .workerProgram = {}});
    if (!engine)
        return failure(engine);
    QueueNews news;
    auto queue = (*engine)->openExportQueue(options.journal, news.events());
    if (!queue)
        return failure(queue);
    const auto failed = waitForAll(**queue, news, stop);
    (*queue)->pauseNow();
    queue->reset(); // the journal is whole when this returns
    if (!failed)
        return failure(failed);
    if (*failed > 0)
        return failure(ErrorCode::Resource,
                       fmt::format("Exports that failed: {}. 'lipsync queue list' says why.", *failed));
    return {};
}

void addJournalOption(CLI::App& command, QueueOptions& options)
{
    command.add_option("--journal", options.journal, "Where the queue is kept")
        ->type_name("FILE")
        ->capture_default_str();
}

using Shared = std::shared_ptr<QueueOptions>;

/// A subcommand that changes one job.
template <typename Change>
CLI::App* addChange(CommandLine& line, CLI::App& queue, const Shared& options, const char* name, const char* text,
                    Change change)
{
    auto* command = queue.add_subcommand(name, text);
    addJournalOption(*command, *options);
    command->add_option("id", options->job, "The export's number in 'lipsync queue list'")->required();
    command->callback([&line, options, change] {
        line.chosen = [options, change] {
            return changeJob(*options, [&](ExportQueue& opened) { change(opened, *options); });
        };
    });
    return command;
}

void addChanges(CommandLine& line, CLI::App& queue, const Shared& options)
{
    addChange(line, queue, options, "cancel", "Do not make an export, and remove what there is of it",
              [](ExportQueue& opened, const QueueOptions& chosen) { opened.cancel(chosen.job); });
    addChange(line, queue, options, "retry", "Make one again that failed or was cancelled",
              [](ExportQueue& opened, const QueueOptions& chosen) { opened.retry(chosen.job); });
    addChange(line, queue, options, "remove", "Take an export out of the queue; a finished file stays",
              [](ExportQueue& opened, const QueueOptions& chosen) { opened.remove(chosen.job); });
    auto* move = addChange(
        line, queue, options, "move", "Give an export another place in the queue",
        [](ExportQueue& opened, const QueueOptions& chosen) { opened.move(chosen.job, chosen.position - 1); });
    move->add_option("place", options->position, "1 is the first")->required()->check(CLI::Range(1, 1000000));
}

} // namespace

void addQueueCommand(CommandLine& line)
{
    auto options = std::make_shared<QueueOptions>();
    auto* queue = line.app.add_subcommand("queue", "Exports one after the other, which survive a crash");
    queue->require_subcommand(1);

    auto* add = queue->add_subcommand("add", "Put an export at the end of the queue");
    addExportOptions(*add, options->request);
    addJournalOption(*add, *options);
    addJsonOption(*add, options->json);
    add->callback([&line, options] { line.chosen = [options] { return addJob(*options); }; });

    auto* list = queue->add_subcommand("list", "Show the exports of the queue");
    addJournalOption(*list, *options);
    addJsonOption(*list, options->json);
    list->callback([&line, options] { line.chosen = [options] { return listJobs(*options); }; });

    auto* run = queue->add_subcommand("run", "Make the files, going on where an earlier run ended in whatever way");
    addJournalOption(*run, *options);
    addConcurrencyOptions(*run, options->concurrency);
    run->callback([&line, options] { line.chosen = [&line, options] { return runJobs(*options, line.stop); }; });

    addChanges(line, *queue, options);
    auto* clear = queue->add_subcommand("clear", "Take out all that are over");
    addJournalOption(*clear, *options);
    clear->callback([&line, options] {
        line.chosen = [options]() -> Status {
            auto opened = openForChanges(*options);
            if (!opened)
                return failure(opened);
            (*opened)->clearEnded();
            return (*opened)->save();
        };
    });
    queue->footer("Examples:\n"
                  "  lipsync queue add --avatar demo.avatar --voice speech.wav --out speech.mp4\n"
                  "  lipsync queue add --avatar demo.avatar --voice speech.wav --out speech.webm --format webm\n"
                  "  lipsync queue run\n"
                  "  lipsync queue list");
}

} // namespace lipsync::cli

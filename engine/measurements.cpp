// SPDX-License-Identifier: GPL-3.0-or-later
#include "measurements.h"

#include "background_work.h"
#include "logged_events.h"

#include "tuning/capacity.h"
#include "tuning/comparison.h"
#include "tuning/saved_tuning.h"
#include "tuning/tuner.h"

#include <algorithm>
#include <map>

namespace lipsync {

namespace {

constexpr const char* kSource = "measurement";

LoadFigures figuresOf(const tuning::LoadReport& load)
{
    LoadFigures figures;
    figures.framesPerSecond = load.framesPerSecond();
    figures.p50Ms = milliseconds(load.latency.percentile(50));
    figures.p95Ms = milliseconds(load.latency.percentile(95));
    figures.p99Ms = milliseconds(load.latency.percentile(99));
    figures.meanBatch = load.meanBatch();
    return figures;
}

/// Runs one measurement, gives the plan back and says in the log how it went.
template <typename Value, typename Measure>
Result<Value> measure(const MeasuringDesk& desk, const std::string& what, const std::stop_token& stop, Measure measure)
{
    if (auto begun = desk.gate.beginMeasuring(stop); !begun) {
        logEnd(*desk.log, kSource, what, begun);
        return failure(begun);
    }
    desk.log->info(kSource, what + " has begun.");
    Result<Value> found = measure();
    const auto restored = desk.gate.endMeasuring();
    if (!restored) // the figures are good all the same
        desk.log->error(kSource, "The plan of before could not be applied again: " + restored.error().text());
    logEnd(*desk.log, kSource, what, found ? Status() : Status(failure(found)));
    return found;
}

/// A progress of the tuning room for the façade, at most ten times a second, as a part of the whole.
template <typename Tell> tuning::TuningProgress progressTo(const Tell& tell, double begin, double end)
{
    return [&tell, begin, end, pace = std::make_shared<ProgressPace>()](std::string_view doing, double share) {
        const std::string words(doing);
        if (pace->isDue(words))
            tell(begin + (end - begin) * std::clamp(share, 0.0, 1.0), words);
    };
}

/// Keeps the best of what was measured for each place on the map: it has one figure for settings that differ in
/// threads, precision or requests under way.
class TuningMap {
public:
    explicit TuningMap(const TuningRequest& request)
        : m_goalP99Ms(request.goalP99Ms)
    {
    }

    TuningCell cellOf(const tuning::TuneCell& measured) const
    {
        TuningCell cell;
        cell.plan = measured.plan;
        cell.workers = measured.workers();
        cell.largestBatch = measured.plan.largestBatch();
        cell.problem = measured.problem;
        if (measured.load.successes > 0)
            cell.figures = figuresOf(measured.load);
        cell.keepsGoal = !m_goalP99Ms || (cell.problem.empty() && cell.figures.p99Ms <= *m_goalP99Ms);
        return cell;
    }

    /// Takes a cell in; true when it is what its place shows now.
    bool add(const TuningCell& cell, int concurrency)
    {
        auto [place, isNew] = m_best.try_emplace({cell.workers, cell.largestBatch}, Entry{cell, concurrency});
        if (isNew)
            return true;
        auto& entry = place->second;
        const bool isSame = entry.cell.plan == cell.plan && entry.concurrency == concurrency;
        if (!isSame && !isBetter(cell, entry.cell))
            return false;
        entry = {cell, concurrency};
        return true;
    }

private:
    struct Entry {
        TuningCell cell;
        int concurrency = 1;
    };

    static bool isBetter(const TuningCell& a, const TuningCell& b)
    {
        if (a.problem.empty() != b.problem.empty())
            return a.problem.empty();
        if (a.keepsGoal != b.keepsGoal)
            return a.keepsGoal;
        return a.figures.framesPerSecond > b.figures.framesPerSecond;
    }

    const std::optional<double> m_goalP99Ms;
    std::map<std::pair<int, int>, Entry> m_best;
};

TuningOutcome outcomeOf(const tuning::TuneResult& result, const TuningRequest& request)
{
    TuningMap map(request);
    TuningOutcome outcome;
    const auto chosen = map.cellOf(result.chosen());
    outcome.chosen = chosen.plan;
    outcome.figures = chosen.figures;
    outcome.keepsGoal = result.keepsGoal;
    outcome.explanation = result.explanation;
    for (const auto& measured : result.cells) { // the best come first
        auto cell = map.cellOf(measured);
        const bool isReached = measured.load.requests > 0 || !measured.problem.empty();
        const auto isThere = [&](const TuningCell& other) {
            return other.workers == cell.workers && other.largestBatch == cell.largestBatch;
        };
        if (isReached && std::none_of(outcome.cells.begin(), outcome.cells.end(), isThere))
            outcome.cells.push_back(std::move(cell));
    }
    return outcome;
}

Result<TuningOutcome> tuneFor(const MeasuringDesk& desk, const TuningRequest& request, const TuningEvents& events,
                              const std::stop_token& stop)
{
    events.progress(0, "opening the avatar");
    const auto avatar = tuning::LoadedAvatar::open(desk.service, request.avatar, stop);
    if (!avatar)
        return failure(avatar);
    tuning::TuneOptions options;
    options.goalP99Ms = request.goalP99Ms;
    options.seconds = request.seconds;
    options.devices = tuning::defaultDevices();
    options.cores = tuning::coreCount();
    options.wholeMap = request.wholeMap;
    options.arithmetics =
        request.wholeMap ? std::vector{desk.gate.plan().arithmetic} : tuning::promisingArithmetics(options.devices);
    TuningMap map(request);
    options.measured = [&](const tuning::TuneCell& measured) {
        const auto cell = map.cellOf(measured);
        if (map.add(cell, measured.concurrency))
            events.measured(cell);
    };
    const auto found = tuning::tune(desk.service, *avatar, options, progressTo(events.progress, 0, 1), stop);
    if (!found)
        return failure(found);
    const auto hash = avatar->avatar->package().manifest().generatorHash();
    if (auto saved = tuning::saveTuning(tuning::toSaved(*found, request.goalP99Ms, hash)); !saved)
        return failure(saved);
    return outcomeOf(*found, request);
}

Result<std::vector<StrategyFigures>> compareFor(const MeasuringDesk& desk, const ComparisonRequest& request,
                                                const ComparisonEvents& events, const std::stop_token& stop)
{
    constexpr double kSearchShare = 0.25; ///< of the time, where nothing is saved
    events.progress(0, "opening the avatar");
    const auto avatar = tuning::LoadedAvatar::open(desk.service, request.avatar, stop);
    if (!avatar)
        return failure(avatar);
    tuning::ComparisonOptions options;
    options.secondsEach = request.secondsEach;
    options.cores = tuning::coreCount();
    options.devices = tuning::comparedDevices();
    const auto hash = avatar->avatar->package().manifest().generatorHash();
    const double begin = tuning::savedPlan(hash) ? 0 : kSearchShare;
    auto adaptive =
        tuning::adaptivePlan(desk.service, *avatar, hash, options, progressTo(events.progress, 0, begin), stop);
    if (!adaptive)
        return failure(adaptive);
    options.adaptive = std::move(*adaptive);
    options.concurrency = request.concurrency > 0 ? request.concurrency : tuning::fullConcurrency(options);
    const auto results = tuning::compare(desk.service, *avatar, options, progressTo(events.progress, begin, 1), stop);
    if (!results)
        return failure(results);
    std::vector<StrategyFigures> all;
    for (const auto& result : *results) {
        StrategyFigures figures{std::string(tuning::toString(result.strategy)), result.plan, {}, result.note};
        if (result.isMeasured()) {
            figures.figures = figuresOf(result.load);
            figures.figures.memoryMb = result.resources.peakMb;
            figures.figures.deviceUse = result.resources.utilisation.value_or(0);
        }
        all.push_back(std::move(figures));
    }
    return all;
}

Result<CapacityFigures> planFor(const CapacityRequest& request, const std::stop_token& stop)
{
    if (auto sound = checkPlan(request.plan); !sound)
        return failure(sound);
    const auto package = avatar::AvatarPackage::open(request.avatar);
    if (!package)
        return failure(package);
    if (auto trained = (*package)->checkTrained(); !trained)
        return failure(trained);
    const auto frames = avatar::TemplateFrames::open(*package);
    if (!frames)
        return failure(frames);
    const auto workers = tuning::measureWorkers(*frames, request.plan, stop);
    if (!workers)
        return failure(workers);
    tuning::CapacityQuestion question;
    question.viewers = request.viewers;
    question.framesPerSecond = request.framesPerSecond;
    question.duty = request.duty;
    question.goalP99Ms = request.goalP99Ms;
    question.batchSizes = request.plan.batchSizes;
    for (int time = 0; time < request.deviceCount; ++time)
        question.workers.insert(question.workers.end(), workers->begin(), workers->end());
    const auto answer = tuning::answer(question);
    CapacityFigures figures;
    figures.mostViewers = tuning::mostViewers(question, stop);
    if (stop.stop_requested())
        return failure(ErrorCode::Interrupted, "Stopped while the viewers were counted.");
    figures.holds = answer.holds;
    figures.p99Ms = answer.p99Ms;
    figures.lateShare = answer.lateFraction;
    figures.utilisation = answer.utilisation;
    figures.meanBatch = answer.meanBatch;
    figures.explanation = tuning::explain(question, answer, figures.mostViewers);
    return figures;
}

/// Usage when a request makes no sense, before anything is opened.
Status check(const TuningRequest& request)
{
    constexpr double kLeastSeconds = 1, kMostSeconds = 600;
    if (!(request.seconds >= kLeastSeconds && request.seconds <= kMostSeconds))
        return failure(ErrorCode::Usage, fmt::format("A search takes {} to {} seconds.", kLeastSeconds, kMostSeconds));
    if (request.goalP99Ms && !(*request.goalP99Ms > 0))
        return failure(ErrorCode::Usage, "The goal for the 99th percentile is more than 0 ms.");
    return {};
}

Status check(const ComparisonRequest& request)
{
    constexpr double kLeastSeconds = 0.1, kMostSeconds = 3600;
    constexpr int kMostUnderWay = 4096;
    if (!(request.secondsEach >= kLeastSeconds && request.secondsEach <= kMostSeconds))
        return failure(ErrorCode::Usage,
                       fmt::format("A way to serve is measured for {} to {} seconds.", kLeastSeconds, kMostSeconds));
    if (request.concurrency < 0 || request.concurrency > kMostUnderWay)
        return failure(ErrorCode::Usage, fmt::format("At most {} requests may be under way.", kMostUnderWay));
    return {};
}

Status check(const CapacityRequest& request)
{
    constexpr int kMostViewers = 100'000, kMostDevices = 256;
    constexpr double kMostRate = 1000;
    if (request.viewers < 1 || request.viewers > kMostViewers)
        return failure(ErrorCode::Usage, fmt::format("1 to {} viewers can be asked about.", kMostViewers));
    if (!(request.framesPerSecond > 0 && request.framesPerSecond <= kMostRate))
        return failure(ErrorCode::Usage, fmt::format("A viewer sees up to {} frames a second.", kMostRate));
    if (!(request.duty > 0 && request.duty <= 1))
        return failure(ErrorCode::Usage,
                       "The share of the time in which an avatar talks is more than 0 and at most 1.");
    if (!(request.goalP99Ms > 0))
        return failure(ErrorCode::Usage, "The goal for the 99th percentile is more than 0 ms.");
    if (request.deviceCount < 1 || request.deviceCount > kMostDevices)
        return failure(ErrorCode::Usage, fmt::format("1 to {} times the devices can be asked about.", kMostDevices));
    return {};
}

/// Checks, then runs a measurement on a thread of its own.
template <typename Value, typename Request, typename Events, typename Run>
std::unique_ptr<Operation> start(const MeasuringDesk& desk, const char* what, const Request& request, Events events,
                                 Run run)
{
    return std::make_unique<BackgroundWork>(
        "measurement", [desk, what, request, events = std::move(events), run](const std::stop_token& stop) {
            if (auto sensible = check(request); !sensible)
                return events.finished(failure(sensible));
            events.finished(measure<Value>(desk, what, stop, [&] { return run(desk, request, events, stop); }));
        });
}

} // namespace

std::unique_ptr<Operation> startTuning(const MeasuringDesk& desk, const TuningRequest& request, TuningEvents events)
{
    return start<TuningOutcome>(desk, "The tuning", request, std::move(events), tuneFor);
}

std::unique_ptr<Operation> startComparison(const MeasuringDesk& desk, const ComparisonRequest& request,
                                           ComparisonEvents events)
{
    return start<std::vector<StrategyFigures>>(desk, "The comparison", request, std::move(events), compareFor);
}

std::unique_ptr<Operation> startCapacity(const MeasuringDesk& desk, const CapacityRequest& request,
                                         CapacityEvents events)
{
    const auto run = [](const MeasuringDesk&, const CapacityRequest& asked, const CapacityEvents&,
                        const std::stop_token& stop) { return planFor(asked, stop); };
    return start<CapacityFigures>(desk, "The capacity planning", request, std::move(events), run);
}

} // namespace lipsync

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/tuner.h"

#include "nn/generator.h"
#include "tuning/tuning_explanation.h"

#include <algorithm>
#include <cmath>

namespace lipsync::tuning {

namespace {

// Shares of the time, and how many settings are measured in them.
constexpr double kCoarseShare = 0.4, kRefinedShare = 0.7;
constexpr double kMapShare = 0.85; ///< of a search that measures the whole map
constexpr std::size_t kBestOfCoarse = 2; ///< whose neighbours are tried
constexpr std::size_t kMostRefined = 8;
constexpr std::size_t kFinalists = 3;
constexpr int kFinalTurns = 3;
constexpr double kShortestSeconds = 0.3; ///< of a measurement
constexpr double kAlike = 0.015; ///< speeds closer than this are alike: the shorter wait decides
constexpr int kMostGpuWorkers = 4;
constexpr int kMostWorkers = 64;

/// The knobs of a search.
struct Knobs {
    int workers = 1, threads = 1, batch = 1;
    Arithmetic arithmetic = Arithmetic::Fp32;
    bool isDeep = true; ///< a further batch waits for each worker, or not
};

class Search {
public:
    Search(const TuneOptions& options, const CellMeasurement& measure, const TuningProgress& progress,
           const std::stop_token& stop)
        : m_options(options)
        , m_measure(measure)
        , m_progress(progress)
        , m_stop(stop)
        , m_started(std::chrono::steady_clock::now())
        , m_onProcessor(options.devices.front() == "cpu")
    {
    }

    Result<TuneResult> run()
    {
        for (const auto& knobs : m_options.wholeMap ? mapKnobs() : coarseKnobs())
            add(planOf(knobs), knobs.isDeep);
        for (const auto& plan : m_options.candidates)
            add(plan, true);
        if (m_options.wholeMap) {
            measureAll(kMapShare, "workers × batch");
        } else {
            measureAll(kCoarseShare, "coarse search");
            refine();
            measureAll(kRefinedShare, "search round the best");
        }
        playFinal();
        if (m_stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped while searching; nothing was saved.");
        return conclude();
    }

private:
    double elapsed() const { return seconds(std::chrono::steady_clock::now() - m_started); }

    std::vector<Knobs> coarseKnobs() const
    {
        std::vector<Knobs> all;
        const int most = m_onProcessor ? std::min(m_options.cores, kMostWorkers) : kMostGpuWorkers / 2;
        for (const auto arithmetic : m_options.arithmetics) {
            for (int workers = 1; workers <= most; workers = workers == most ? most + 1 : std::min(2 * workers, most)) {
                const int threads = m_onProcessor ? std::max(1, m_options.cores / workers) : 1;
                for (const int batch : {1, m_onProcessor ? 4 : 8})
                    all.push_back({workers, threads, std::min(batch, m_options.largestBatch), arithmetic});
            }
        }
        return all;
    }

    /// Every number of workers where they are few, else every doubling; likewise of batches.
    std::vector<Knobs> mapKnobs() const
    {
        std::vector<Knobs> all;
        const int most = m_onProcessor ? std::min(m_options.cores, kMostWorkers) : kMostGpuWorkers;
        for (int workers = 1; workers <= most; workers = nextOnMap(workers, most)) {
            const int threads = m_onProcessor ? std::max(1, m_options.cores / workers) : 1;
            for (int batch = 1; batch <= m_options.largestBatch; batch *= 2)
                all.push_back({workers, threads, batch, m_options.arithmetics.front()});
        }
        return all;
    }

    static int nextOnMap(int workers, int most)
    {
        constexpr int kFew = 4;
        return workers < kFew || workers == most ? workers + 1 : std::min(2 * workers, most);
    }

    ConcurrencyPlan planOf(const Knobs& knobs) const
    {
        ConcurrencyPlan plan;
        plan.devices.clear();
        for (const auto& device : m_options.devices)
            plan.devices.push_back({device, knobs.workers});
        plan.threadsPerWorker = knobs.threads;
        plan.batchSizes = batchSizesUpTo(knobs.batch);
        plan.arithmetic = knobs.arithmetic;
        return plan;
    }

    void add(const ConcurrencyPlan& plan, bool isDeep)
    {
        const int concurrency = isDeep ? fullConcurrency(plan) : fullConcurrency(plan) / 2;
        const auto same = [&](const TuneCell& cell) { return cell.plan == plan && cell.concurrency == concurrency; };
        if (checkPlan(plan) && std::none_of(m_cells.begin(), m_cells.end(), same))
            m_cells.push_back({plan, concurrency, {}, {}});
    }

    /// Measures what has not been measured yet until that share of the time is over.
    void measureAll(double untilShare, std::string_view doing)
    {
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < m_cells.size(); ++i) {
            if (m_cells[i].load.requests == 0 && m_cells[i].problem.empty())
                open.push_back(i);
        }
        for (std::size_t i = 0; i < open.size() && !isOver(); ++i) {
            const double left = untilShare * m_options.seconds - elapsed();
            measure(m_cells[open[i]], left / static_cast<double>(open.size() - i), doing);
        }
    }

    bool isOver() const { return m_stop.stop_requested() || elapsed() >= m_options.seconds; }

    void measure(TuneCell& cell, double share, std::string_view doing)
    {
        m_progress(doing, std::min(1.0, elapsed() / m_options.seconds));
        const double began = elapsed();
        const auto report = m_measure(cell.plan, cell.concurrency, std::max(kShortestSeconds, share - m_overhead));
        if (!report) {
            cell.problem = report.error().text();
            return tell(cell);
        }
        // What a change of the workers takes comes off the time of the next measurement.
        m_overhead = std::max(0.0, elapsed() - began - report->seconds);
        cell.load.merge(*report);
        if (report->successes == 0)
            cell.problem = report->firstFailure ? report->firstFailure->text() : "No frame came back.";
        tell(cell);
    }

    void tell(const TuneCell& cell) const
    {
        if (m_options.measured)
            m_options.measured(cell);
    }

    bool keepsGoal(const TuneCell& cell) const { return !m_options.goalP99Ms || cell.p99Ms() <= *m_options.goalP99Ms; }

    /// Settings that keep the goal before those that do not; the faster ones first, or those that nearly keep it.
    bool isBetter(const TuneCell& a, const TuneCell& b) const
    {
        const bool measuredA = a.problem.empty() && a.load.successes > 0;
        const bool measuredB = b.problem.empty() && b.load.successes > 0;
        if (measuredA != measuredB)
            return measuredA;
        if (keepsGoal(a) != keepsGoal(b))
            return keepsGoal(a);
        return keepsGoal(a) ? a.framesPerSecond() > b.framesPerSecond() : a.p99Ms() < b.p99Ms();
    }

    void sortCells()
    {
        std::stable_sort(m_cells.begin(), m_cells.end(), [&](const auto& a, const auto& b) { return isBetter(a, b); });
    }

    void refine()
    {
        sortCells();
        std::vector<TuneCell> best(m_cells.begin(), m_cells.begin() + std::min(kBestOfCoarse, m_cells.size()));
        const auto before = m_cells.size();
        for (const auto& cell : best) {
            for (const auto& knobs : neighboursOf(cell)) {
                if (m_cells.size() < before + kMostRefined)
                    add(planOf(knobs), knobs.isDeep);
            }
        }
    }

    std::vector<Knobs> neighboursOf(const TuneCell& cell) const
    {
        const auto& plan = cell.plan;
        const bool isDeep = cell.concurrency == fullConcurrency(plan);
        const Knobs here{cell.workers(), plan.threadsPerWorker, plan.largestBatch(), plan.arithmetic, isDeep};
        std::vector<Knobs> all;
        const auto with = [&](auto&& change) {
            auto knobs = here;
            change(knobs);
            all.push_back(knobs);
        };
        if (!keepsGoal(cell))
            with([](Knobs& knobs) { knobs.isDeep = false; });
        if (here.batch * 2 <= m_options.largestBatch)
            with([](Knobs& knobs) { knobs.batch *= 2; });
        if (here.batch > 1)
            with([](Knobs& knobs) { knobs.batch /= 2; });
        if (m_onProcessor && here.threads > 1)
            with([](Knobs& knobs) { knobs.threads /= 2; });
        const int mostWorkers = m_onProcessor ? m_options.cores / here.threads : kMostGpuWorkers;
        if (here.workers + 1 <= mostWorkers)
            with([](Knobs& knobs) { ++knobs.workers; });
        if (here.workers > 1)
            with([](Knobs& knobs) { --knobs.workers; });
        return all;
    }

    /// The best few in turns for the rest of the time, so that a noisy machine hits all alike.
    void playFinal()
    {
        sortCells();
        const auto finalists = std::min(kFinalists, m_cells.size());
        for (int turn = 0; turn < kFinalTurns; ++turn) {
            for (std::size_t i = 0; i < finalists && !isOver(); ++i) {
                const auto measurementsLeft = (kFinalTurns - turn) * finalists - i;
                if (m_cells[i].problem.empty())
                    measure(m_cells[i], (m_options.seconds - elapsed()) / static_cast<double>(measurementsLeft),
                            "the best against each other");
            }
        }
    }

    Result<TuneResult> conclude()
    {
        sortCells();
        if (m_cells.empty() || m_cells.front().load.successes == 0) {
            return failure(ErrorCode::Resource, "No setting could be measured.",
                           m_cells.empty() ? "" : m_cells.front().problem);
        }
        // Of settings that are alike in speed the one with the shorter wait.
        std::size_t chosen = 0;
        for (std::size_t i = 1; i < m_cells.size() && keepsGoal(m_cells.front()); ++i) {
            const auto& cell = m_cells[i];
            const bool isAlike = cell.framesPerSecond() >= m_cells.front().framesPerSecond() * (1 - kAlike);
            if (cell.problem.empty() && keepsGoal(cell) && isAlike && cell.p99Ms() < m_cells[chosen].p99Ms())
                chosen = i;
        }
        std::rotate(m_cells.begin(), m_cells.begin() + static_cast<std::ptrdiff_t>(chosen),
                    m_cells.begin() + static_cast<std::ptrdiff_t>(chosen) + 1);
        TuneResult result;
        result.keepsGoal = keepsGoal(m_cells.front());
        result.cells = std::move(m_cells);
        result.explanation = explain(result, m_options);
        return result;
    }

    const TuneOptions& m_options;
    const CellMeasurement& m_measure;
    const TuningProgress& m_progress;
    const std::stop_token& m_stop;
    const TimePoint m_started;
    const bool m_onProcessor;
    double m_overhead = 0; ///< of the last measurement, seconds
    std::vector<TuneCell> m_cells;
};

} // namespace

Result<TuneResult> searchPlan(const TuneOptions& options, const CellMeasurement& measure,
                              const TuningProgress& progress, const std::stop_token& stop)
{
    if (options.devices.empty() || options.arithmetics.empty())
        return failure(ErrorCode::Usage, "There is no device to tune for.");
    return Search(options, measure, progress, stop).run();
}

Result<TuneResult> tune(session::FrameService& service, const LoadedAvatar& avatar, const TuneOptions& options,
                        const TuningProgress& progress, const std::stop_token& stop)
{
    const auto before = service.plan();
    const auto measure = [&](const ConcurrencyPlan& plan, int concurrency, double seconds) -> Result<LoadReport> {
        if (auto settled = applyAndSettle(service, plan, stop); !settled)
            return failure(settled);
        LoadOptions load;
        load.concurrency = concurrency;
        load.fewestRequests = concurrency;
        load.warmUpSeconds = std::min(load.warmUpSeconds, seconds / 4);
        load.seconds = seconds - load.warmUpSeconds;
        return offerLoad(service.pool(), load, avatar.jobs(), stop);
    };
    auto found = searchPlan(options, measure, progress, stop);
    if (!stop.stop_requested()) {
        if (auto restored = service.apply(before, stop); !restored)
            return failure(restored);
    }
    return found;
}

SavedTuning toSaved(const TuneResult& result, const std::optional<double>& goalP99Ms, const std::string& modelHash)
{
    SavedTuning tuning;
    tuning.key = tuningKey(modelHash);
    tuning.plan = result.chosen().plan;
    tuning.framesPerSecond = result.chosen().framesPerSecond();
    tuning.p99Ms = result.chosen().p99Ms();
    tuning.goalP99Ms = goalP99Ms;
    return tuning;
}

std::vector<Arithmetic> promisingArithmetics(const std::vector<std::string>& devices)
{
    std::vector<Arithmetic> all{Arithmetic::Fp32};
    for (const auto& [arithmetic, precision] :
         {std::pair(Arithmetic::Bf16, nn::Precision::Bf16), std::pair(Arithmetic::Fp16, nn::Precision::Fp16)}) {
        const bool isUsable = std::all_of(devices.begin(), devices.end(), [&](const auto& name) {
            const auto device = nn::findDevice(name);
            return device && nn::usablePrecision(precision, *device) == precision;
        });
        if (isUsable)
            all.push_back(arithmetic);
    }
    return all;
}

} // namespace lipsync::tuning

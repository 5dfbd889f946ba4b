// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/tuning_explanation.h"

#include <algorithm>

namespace lipsync::tuning {

namespace {

/// The fastest other cell that differs from the chosen one in just one knob, which `differs` tells.
template <typename Differs> const TuneCell* rival(const TuneResult& result, Differs&& differs)
{
    const TuneCell* best = nullptr;
    for (const auto& cell : result.cells) {
        const bool counts = cell.problem.empty() && cell.load.successes > 0 && differs(cell, result.chosen());
        if (counts && (!best || cell.framesPerSecond() > best->framesPerSecond()))
            best = &cell;
    }
    return best;
}

std::string comparison(const TuneResult& result, const TuneCell& other, const std::string& otherName)
{
    const auto& chosen = result.chosen();
    return fmt::format("{} made {:.1f} frames/s with a p99 of {:.0f} ms, {:.2f} × the chosen setting.", otherName,
                       other.framesPerSecond(), other.p99Ms(), other.framesPerSecond() / chosen.framesPerSecond());
}

bool sameWorkers(const TuneCell& a, const TuneCell& b)
{
    return a.plan.devices == b.plan.devices && a.plan.threadsPerWorker == b.plan.threadsPerWorker;
}

void addRivals(const TuneResult& result, std::vector<std::string>& sentences)
{
    const auto batch = [](const TuneCell& a, const TuneCell& b) {
        return sameWorkers(a, b) && a.plan.arithmetic == b.plan.arithmetic &&
            a.plan.largestBatch() != b.plan.largestBatch();
    };
    const auto workers = [](const TuneCell& a, const TuneCell& b) {
        return !sameWorkers(a, b) && a.plan.arithmetic == b.plan.arithmetic;
    };
    const auto arithmetic = [](const TuneCell& a, const TuneCell& b) { return a.plan.arithmetic != b.plan.arithmetic; };
    if (const auto* other = rival(result, batch)) {
        sentences.push_back(
            comparison(result, *other, fmt::format("With batches of at most {} it", other->plan.largestBatch())));
    }
    if (const auto* other = rival(result, workers)) {
        sentences.push_back(comparison(result, *other,
                                       fmt::format("With other workers, {} of {} {} and batches of at most {}, it",
                                                   other->workers(), other->plan.threadsPerWorker,
                                                   other->plan.threadsPerWorker == 1 ? "thread" : "threads",
                                                   other->plan.largestBatch())));
    }
    if (const auto* other = rival(result, arithmetic))
        sentences.push_back(comparison(result, *other, fmt::format("In {} it", toString(other->plan.arithmetic))));
}

} // namespace

std::vector<std::string> explain(const TuneResult& result, const TuneOptions& options)
{
    const auto& chosen = result.chosen();
    const auto measured = std::count_if(result.cells.begin(), result.cells.end(),
                                        [](const auto& cell) { return cell.load.successes > 0; });
    std::vector<std::string> sentences;
    sentences.push_back(fmt::format(
        "{}: {:.1f} frames/s with a p99 of {:.0f} ms while {} requests are under way, the best of {} settings.",
        describe(chosen.plan), chosen.framesPerSecond(), chosen.p99Ms(), chosen.concurrency, measured));
    if (options.goalP99Ms && result.keepsGoal)
        sentences.push_back(fmt::format("It keeps the goal of a p99 of {:g} ms.", *options.goalP99Ms));
    if (options.goalP99Ms && !result.keepsGoal) {
        sentences.push_back(fmt::format("No setting keeps the goal of a p99 of {:g} ms here; this one comes nearest.",
                                        *options.goalP99Ms));
    }
    addRivals(result, sentences);
    if (options.arithmetics.size() == 1)
        sentences.push_back("Only fp32 was tried: these devices compute nothing else faster.");
    const auto failed =
        std::count_if(result.cells.begin(), result.cells.end(), [](const auto& cell) { return !cell.problem.empty(); });
    if (failed > 0)
        sentences.push_back(fmt::format("{} settings could not be measured.", failed));
    return sentences;
}

} // namespace lipsync::tuning

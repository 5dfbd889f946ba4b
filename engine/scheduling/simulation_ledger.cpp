// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/simulation_ledger.h"

#include "metrics/nearest_rank.h"

#include <algorithm>
#include <numeric>

namespace lipsync::scheduling {

namespace {

constexpr double kExactMs = 2; ///< how late an expiry may be noticed
constexpr std::uint64_t kMostPassed = 64; ///< batches that may pass over a class that waits

std::size_t indexOf(JobClass jobClass)
{
    return static_cast<std::size_t>(jobClass);
}

SimulatedLatency latencyOf(std::vector<double> values)
{
    if (values.empty())
        return {};
    std::sort(values.begin(), values.end());
    const auto at = [&](double percent) { return values[metrics::nearestRank(percent, values.size()) - 1]; };
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    return {mean, at(50), at(95), at(99), at(99.9), values.back()};
}

bool failsByChance(const SimulatedWorkers& workers, int smallestBatch)
{
    return workers.crashProbability > 0 || workers.hangProbability > 0 || workers.loadFailureProbability > 0 ||
        workers.outOfMemoryAbove < smallestBatch;
}

} // namespace

double ClassReport::lateFraction() const
{
    const auto counted = submitted - cancelled;
    return counted == 0 ? 0.0 : static_cast<double>(late + expired + refused + failed) / static_cast<double>(counted);
}

SimulationLedger::SimulationLedger(const Scenario& scenario)
    : m_scenario(scenario)
    , m_countedSeconds(scenario.seconds - scenario.warmUpSeconds)
{
    const auto isKilled = [](const SimulatedEvent& event) { return event.kind == SimulatedEvent::Kind::KillWorker; };
    const auto fails = [&](const SimulatedWorkers& workers) {
        return failsByChance(workers, scenario.options.batchSizes.front());
    };
    m_failsOnlyBadJobs = std::none_of(scenario.workers.begin(), scenario.workers.end(), fails) &&
        std::none_of(scenario.events.begin(), scenario.events.end(), isKilled);
}

void SimulationLedger::violate(const std::string& sentence)
{
    if (m_report.violation.empty())
        m_report.violation = sentence;
}

void SimulationLedger::accepted(JobId job, StreamId stream, const SimulatedContent& content)
{
    m_jobs.emplace(job, Job{stream, content});
    m_ids.emplace(content.number, job);
    m_streams[stream].push_back(job);
    const auto deadline = content.deadline && content.isKnown ? *content.deadline : TimePoint::max();
    m_fresh[indexOf(content.jobClass)].emplace(job, Fresh{m_report.batches, deadline});
    if (content.counts)
        ++m_report.classes[indexOf(content.jobClass)].submitted;
}

void SimulationLedger::refused(const SimulatedContent& content)
{
    if (!content.counts)
        return;
    ++m_report.classes[indexOf(content.jobClass)].submitted;
    ++m_report.classes[indexOf(content.jobClass)].refused;
}

void SimulationLedger::started(const Batch& batch, TimePoint now)
{
    ++m_report.batches;
    m_frames += batch.contents.size();
    for (const auto& some : batch.contents) {
        const auto& content = static_cast<const SimulatedContent&>(*some);
        const auto id = m_ids.find(content.number);
        if (id == m_ids.end()) {
            violate(fmt::format("Frame {} was computed after it had been delivered", content.number));
            continue;
        }
        auto& job = m_jobs.at(id->second);
        if (!std::exchange(job.hasStarted, true))
            m_fresh[indexOf(content.jobClass)].erase(id->second);
        m_lastServed[indexOf(content.jobClass)] = m_report.batches;
        if (content.deadline && content.isKnown && now > *content.deadline)
            violate(fmt::format("Frame {} was started {:.3f} ms after its deadline", content.number,
                                milliseconds(now - *content.deadline)));
    }
    checkStarvation(now);
}

void SimulationLedger::checkStarvation(TimePoint now)
{
    // The other balances deal jobs to workers that may hang, and the other policies starve by intent.
    if (m_scenario.options.policy != BatchPolicy::SlackAware || m_scenario.options.balance != Balance::FinishTime)
        return;
    for (std::size_t index = 0; index < kJobClasses; ++index) {
        auto& fresh = m_fresh[index];
        while (!fresh.empty() && fresh.begin()->second.deadline <= now) // expired; its delivery may have to wait
            fresh.erase(fresh.begin());
        if (fresh.empty())
            continue;
        const auto passed = m_report.batches - std::max(m_lastServed[index], fresh.begin()->second.batches);
        if (passed > kMostPassed)
            violate(fmt::format("{} batches in a row passed over waiting {} frames", passed,
                                toString(static_cast<JobClass>(index))));
    }
}

void SimulationLedger::waits(const std::array<std::size_t, kJobClasses>& waiting)
{
    std::size_t all = 0;
    for (std::size_t index = 0; index < kJobClasses; ++index) {
        all += waiting[index];
        // Jobs of a batch that failed wait again, beside those that were accepted meanwhile.
        constexpr std::size_t kMostRetried = 64 * 64;
        if (waiting[index] > m_scenario.options.classes[index].mostJobs + kMostRetried)
            violate(fmt::format("{} {} frames wait, more than the queue may hold", waiting[index],
                                toString(static_cast<JobClass>(index))));
    }
    m_report.largestQueue = std::max(m_report.largestQueue, all);
}

void SimulationLedger::delivered(const JobResult& result, TimePoint now)
{
    const auto found = m_jobs.find(result.id);
    if (found == m_jobs.end()) {
        ++m_report.duplicated;
        violate(fmt::format("Job {} was delivered again", result.id));
        return;
    }
    const auto job = found->second;
    auto& stream = m_streams.at(job.stream);
    if (stream.front() != result.id) {
        ++m_report.reordered;
        violate(fmt::format("Job {} was delivered before job {} of its stream", result.id, stream.front()));
    }
    stream.erase(std::find(stream.begin(), stream.end(), result.id));
    m_ids.erase(job.content.number);
    m_jobs.erase(found);
    if (!job.hasStarted)
        m_fresh[indexOf(job.content.jobClass)].erase(result.id);
    checkEnd(job, result);
    if (!job.content.counts)
        return;

    auto& report = m_report.classes[indexOf(job.content.jobClass)];
    switch (result.outcome) {
    case JobOutcome::Done:
        ++report.done;
        report.late += job.content.deadline && now > *job.content.deadline ? 1 : 0;
        m_latencies[indexOf(job.content.jobClass)].push_back(milliseconds(now - job.content.intended));
        break;
    case JobOutcome::Failed:
        ++report.failed;
        break;
    case JobOutcome::Expired:
        ++report.expired;
        break;
    case JobOutcome::Cancelled:
        ++report.cancelled;
        break;
    }
}

void SimulationLedger::checkEnd(const Job& job, const JobResult& result)
{
    const auto& content = job.content;
    if (result.outcome == JobOutcome::Done && content.nature != JobNature::Good)
        violate(fmt::format("Frame {} was done though no worker can compute it", content.number));
    if (result.outcome == JobOutcome::Done && !result.output)
        violate(fmt::format("Frame {} was done without a picture", content.number));
    if (result.outcome == JobOutcome::Failed && content.nature == JobNature::Good && m_failsOnlyBadJobs)
        violate(
            fmt::format("Frame {} failed though nothing was wrong with it: {}", content.number, result.error.text()));
    if (result.outcome != JobOutcome::Expired)
        return;
    if (!content.deadline || result.finished < *content.deadline) {
        violate(fmt::format("Frame {} expired before its deadline", content.number));
        return;
    }
    if (result.attempts > 0) // its deadline may have passed in a batch that then failed
        return;
    const double error = milliseconds(result.finished - *content.deadline);
    m_report.expiryErrorMs = std::max(m_report.expiryErrorMs, error);
    if (error > kExactMs)
        violate(fmt::format("Frame {} expired {:.3f} ms after its deadline", content.number, error));
}

SimulationReport SimulationLedger::report() const
{
    auto report = m_report;
    std::vector<double> all;
    std::uint64_t done = 0;
    for (std::size_t index = 0; index < kJobClasses; ++index) {
        auto& of = report.classes[index];
        of.latency = latencyOf(m_latencies[index]);
        of.fps = static_cast<double>(of.done) / m_countedSeconds;
        done += of.done;
        all.insert(all.end(), m_latencies[index].begin(), m_latencies[index].end());
    }
    report.latency = latencyOf(std::move(all));
    report.fps = static_cast<double>(done) / m_countedSeconds;
    report.lost = m_jobs.size();
    if (report.lost > 0 && report.violation.empty())
        report.violation = fmt::format("{} accepted frames were never delivered", report.lost);
    report.meanBatch = report.batches == 0 ? 0 : static_cast<double>(m_frames) / static_cast<double>(report.batches);
    return report;
}

} // namespace lipsync::scheduling

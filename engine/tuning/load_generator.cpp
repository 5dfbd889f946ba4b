// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/load_generator.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <unordered_map>

namespace lipsync::tuning {

namespace {

using scheduling::JobOutcome;
using scheduling::JobResult;
using scheduling::WorkerPool;

/// A refused client of a closed loop comes back after the predicted wait, within these bounds.
constexpr Duration kShortestRetry = std::chrono::milliseconds(1);
constexpr Duration kLongestRetry = std::chrono::milliseconds(100);

TimePoint now()
{
    return std::chrono::steady_clock::now();
}

Duration fromSeconds(double value)
{
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

/// One load from its first request to its last result. Each client is a stream of its own with at most one request
/// under way: streams deliver in order, and a request shall not wait for one that it has nothing to do with.
class LoadRun {
public:
    LoadRun(WorkerPool& pool, const LoadOptions& options, const JobMaker& makeJob)
        : m_pool(pool)
        , m_options(options)
        , m_makeJob(makeJob)
        , m_random(options.seed)
        , m_start(now())
        , m_countsFrom(m_start + fromSeconds(options.warmUpSeconds))
        , m_nextIntended(m_start)
    {
    }

    LoadReport run(const std::stop_token& stop)
    {
        while (!stop.stop_requested() && !isOver()) {
            const auto client = m_options.rate ? waitForSchedule(stop) : waitForClient(stop);
            if (client)
                send(*client);
        }
        m_loadEnd = now();
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, stop, [&] { return m_underWay.empty(); });
        }
        m_streams.clear(); // cancels what a stop left behind; nothing is delivered any more
        m_report.interrupted = stop.stop_requested();
        summarize();
        return std::move(m_report);
    }

private:
    /// A request that is due.
    struct Due {
        std::size_t client;
        TimePoint intended;
    };

    bool isOver() const
    {
        const bool enough = m_options.requests > 0 && m_report.requests >= std::uint64_t(m_options.requests);
        // A schedule is kept to its end even by a generator that lags behind.
        return enough || (m_options.rate ? m_nextIntended : now()) >= end();
    }

    TimePoint end() const
    {
        const bool isShort = !m_options.rate && m_report.requests < std::uint64_t(m_options.fewestRequests);
        return m_options.seconds > 0 && !isShort ? m_countsFrom + fromSeconds(m_options.seconds) : TimePoint::max();
    }

    std::size_t openClient()
    {
        const auto client = m_streams.size();
        m_streams.push_back(m_pool.openStream({.jobClass = m_options.jobClass},
                                              [this, client](const JobResult& result) { take(client, result); }));
        return client;
    }

    /// Closed loop: a client whose last request has come back.
    std::optional<Due> waitForClient(const std::stop_token& stop)
    {
        if (m_streams.size() < static_cast<std::size_t>(std::max(1, m_options.concurrency)))
            return Due{openClient(), now()};
        std::unique_lock lock(m_mutex);
        const auto until = m_free.empty() ? end() : std::min(end(), m_free.begin()->first);
        const auto isReady = [&] { return !m_free.empty() && m_free.begin()->first <= now(); };
        if (until == TimePoint::max())
            m_changed.wait(lock, stop, [&] { return !m_free.empty(); });
        else
            m_changed.wait_until(lock, stop, until, isReady);
        if (!isReady())
            return {};
        const auto first = m_free.begin();
        const Due due{first->second, first->first};
        m_free.erase(first);
        return due;
    }

    /// Open loop: the next request of a schedule that waits for nobody.
    std::optional<Due> waitForSchedule(const std::stop_token& stop)
    {
        std::unique_lock lock(m_mutex);
        if (m_nextIntended > now()) {
            m_changed.wait_until(lock, stop, std::min(end(), m_nextIntended), [] { return false; });
            if (m_nextIntended > now())
                return {};
        }
        const auto intended = m_nextIntended;
        const double mean = 1 / *m_options.rate;
        m_nextIntended += fromSeconds(m_options.arrival == Arrival::Paced
                                          ? mean
                                          : std::exponential_distribution<double>(*m_options.rate)(m_random));
        if (m_free.empty()) {
            lock.unlock();
            return Due{openClient(), intended};
        }
        const Due due{m_free.begin()->second, intended};
        m_free.erase(m_free.begin());
        return due;
    }

    void send(const Due& due)
    {
        auto job = m_makeJob(m_next);
        job.sequence = m_next++;
        const bool counts = due.intended >= m_countsFrom;
        m_report.requests += counts ? 1 : 0;
        {
            std::lock_guard lock(m_mutex);
            m_underWay.emplace(job.sequence, due.intended);
        }
        const auto sequence = job.sequence;
        const auto accepted = m_streams[due.client]->submit(std::move(job));
        if (accepted)
            return;
        std::lock_guard lock(m_mutex);
        m_underWay.erase(sequence);
        const auto wait = std::clamp(accepted.error().predictedWait, kShortestRetry, kLongestRetry);
        m_free.emplace(now() + wait, due.client);
        if (!counts)
            return;
        ++m_report.refusals;
        if (!m_report.firstFailure)
            m_report.firstFailure = Error{ErrorCode::Resource, accepted.error().text(), {}};
    }

    /// On the delivery thread.
    void take(std::size_t client, const JobResult& result)
    {
        const auto delivered = now();
        {
            std::lock_guard lock(m_mutex);
            const auto found = m_underWay.find(result.sequence);
            if (found == m_underWay.end())
                return;
            const auto intended = found->second;
            m_underWay.erase(found);
            m_free.emplace(delivered, client);
            if (result.outcome == JobOutcome::Done)
                m_deliveries.push_back(delivered);
            if (intended >= m_countsFrom)
                count(result, delivered - intended);
        }
        m_changed.notify_all();
    }

    void count(const JobResult& result, Duration latency)
    {
        if (result.outcome == JobOutcome::Done) {
            ++m_report.successes;
            m_latency.record(latency);
            m_report.batches += 1.0 / std::max(1, result.batchSize);
            return;
        }
        ++m_report.failures;
        if (!m_report.firstFailure && result.outcome == JobOutcome::Failed)
            m_report.firstFailure = result.error;
    }

    /// The speed between the last delivery of the warm-up and the last one while the load was full; of all deliveries
    /// when there were hardly any in that time.
    void summarize()
    {
        constexpr std::ptrdiff_t kFewest = 8;
        m_report.latency = m_latency.snapshot();
        auto first = std::lower_bound(m_deliveries.begin(), m_deliveries.end(), m_countsFrom);
        auto last = std::upper_bound(first, m_deliveries.end(), m_loadEnd);
        auto from = first == m_deliveries.begin() ? m_countsFrom : *std::prev(first);
        if (last - first < kFewest)
            last = m_deliveries.end();
        if (last == first)
            return;
        m_report.frames = static_cast<std::uint64_t>(last - first);
        m_report.seconds = lipsync::seconds(*std::prev(last) - from);
        const auto pieces = std::min<std::ptrdiff_t>(std::max(1, m_options.intervals), last - first);
        for (std::ptrdiff_t piece = 1; piece <= pieces; ++piece) {
            const auto next = piece == pieces ? last : first + (last - first) / (pieces - piece + 1);
            const double took = lipsync::seconds(*std::prev(next) - from);
            if (took > 0)
                m_report.intervalRates.push_back(static_cast<double>(next - first) / took);
            from = *std::prev(next);
            first = next;
        }
    }

    WorkerPool& m_pool;
    const LoadOptions m_options;
    const JobMaker& m_makeJob;
    std::mt19937_64 m_random;
    const TimePoint m_start, m_countsFrom;
    TimePoint m_nextIntended; ///< of an open loop
    TimePoint m_loadEnd;
    std::int64_t m_next = 0;
    metrics::LatencyHistogram m_latency;

    std::mutex m_mutex; ///< of the following, and of what count() changes in the report
    std::condition_variable_any m_changed;
    std::multimap<TimePoint, std::size_t> m_free; ///< clients by when they may send again
    std::unordered_map<std::int64_t, TimePoint> m_underWay; ///< intended times by sequence
    std::vector<TimePoint> m_deliveries; ///< of frames that were done
    LoadReport m_report;

    std::vector<std::unique_ptr<WorkerPool::Stream>> m_streams; ///< last: their results use all of the above
};

} // namespace

LoadReport offerLoad(WorkerPool& pool, const LoadOptions& options, const JobMaker& makeJob, const std::stop_token& stop)
{
    return LoadRun(pool, options, makeJob).run(stop);
}

} // namespace lipsync::tuning

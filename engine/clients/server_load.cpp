// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/server_load.h"

#include "clients/caller.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <queue>
#include <random>
#include <vector>

namespace lipsync::clients {

namespace {

constexpr Duration kConnectPatience = std::chrono::seconds(5);
constexpr Duration kEndPatience = std::chrono::seconds(30); ///< with calls under way at the end
constexpr Duration kShortestReturn = std::chrono::milliseconds(1), kLongestReturn = std::chrono::seconds(1);
constexpr Duration kReturnAfterFailure = std::chrono::milliseconds(100);
constexpr int kStreamsOfAConnection = 64; ///< a server takes 128

TimePoint now()
{
    return SteadyClock().now();
}

Duration fromSeconds(double value)
{
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

/// One load from its first call to the end of its last.
class LoadRun {
public:
    LoadRun(const ServerLoadOptions& options, const std::vector<std::shared_ptr<grpc::Channel>>& channels,
            const CallerMaker& makeCaller)
        : m_options(options)
        , m_random(options.seed)
        , m_start(now())
        , m_countsFrom(m_start + fromSeconds(options.warmUpSeconds))
        , m_end(options.seconds > 0 ? m_countsFrom + fromSeconds(options.seconds) : TimePoint::max())
        , m_nextDue(m_start)
        , m_clients(static_cast<std::size_t>(options.streams))
    {
        m_report.isOfFrames = options.service == Service::Own && options.isPaced;
        for (std::size_t i = 0; i < m_clients.size(); ++i) {
            m_clients[i].caller =
                makeCaller(channels[i % channels.size()],
                           {[this](int frames, std::optional<Duration> latency) { gotFrames(frames, latency); },
                            [this, i](const CallEnd& end) { ended(i, end); }});
            m_free.push({m_start, i});
        }
    }

    ServerLoadReport run(const std::stop_token& stop)
    {
        while (!stop.stop_requested() && !isOver()) {
            if (const auto client = m_options.rate ? waitForSchedule(stop) : waitForClient(stop))
                m_clients[*client].caller->begin();
        }
        finish(stop);
        m_report.seconds = std::max(0.0, seconds(std::min(m_loadEnd, m_end) - m_countsFrom));
        m_report.latency = m_latency.snapshot();
        m_report.refusalLatency = m_refusalLatency.snapshot();
        m_report.interrupted = stop.stop_requested();
        return std::move(m_report);
    }

private:
    struct Client {
        std::unique_ptr<Caller> caller;
        TimePoint intended; ///< of the call under way
        bool isCalling = false;
    };
    using Free = std::pair<TimePoint, std::size_t>; ///< when a client may call again

    bool isOver()
    {
        std::lock_guard lock(m_mutex);
        return isOverLocked(now());
    }
    bool isOverLocked(TimePoint time) const
    {
        return m_isEnding || time >= m_end ||
            (m_options.calls > 0 && m_report.calls >= static_cast<std::uint64_t>(m_options.calls));
    }

    /// Needs the lock: counts a client's call as begun.
    void mark(std::size_t client, TimePoint intended)
    {
        m_clients[client].intended = intended;
        m_clients[client].isCalling = true;
        ++m_underWay;
        m_report.calls += intended >= m_countsFrom ? 1 : 0;
    }

    /// Closed loop: a client that may call again; nothing when there is none yet.
    std::optional<std::size_t> waitForClient(const std::stop_token& stop)
    {
        std::unique_lock lock(m_mutex);
        const auto isFree = [&] { return !m_free.empty() && m_free.top().first <= now(); };
        if (!isFree()) {
            const auto next = m_free.empty() ? TimePoint::max() : m_free.top().first;
            const auto until = std::min(m_end, next);
            const auto hasNews = [&] { return (!m_free.empty() && m_free.top().first < next) || isOverLocked(now()); };
            if (until == TimePoint::max())
                m_changed.wait(lock, stop, hasNews);
            else
                m_changed.wait_until(lock, stop, until, hasNews);
        }
        if (!isFree() || isOverLocked(now()) || stop.stop_requested())
            return {};
        const auto [time, client] = m_free.top();
        m_free.pop();
        mark(client, std::max(time, m_start));
        return client;
    }

    /// Open loop: the next call of a schedule that waits for nobody.
    std::optional<std::size_t> waitForSchedule(const std::stop_token& stop)
    {
        std::unique_lock lock(m_mutex);
        if (m_nextDue > now())
            m_changed.wait_until(lock, stop, std::min(m_nextDue, m_end), [] { return false; });
        if (m_nextDue > now() || stop.stop_requested())
            return {};
        const auto due = m_nextDue;
        m_nextDue += fromSeconds(std::exponential_distribution<double>(*m_options.rate)(m_random));
        if (m_free.empty()) {
            m_report.notSent += due >= m_countsFrom ? 1 : 0;
            return {};
        }
        const auto client = m_free.top().second;
        m_free.pop();
        mark(client, due);
        return client;
    }

    void gotFrames(int frames, std::optional<Duration> latency)
    {
        const auto time = now();
        if (time < m_countsFrom || time >= m_end)
            return;
        if (latency)
            m_latency.record(*latency);
        std::lock_guard lock(m_mutex);
        m_report.frames += static_cast<std::uint64_t>(frames);
        m_report.lateFrames += latency && m_options.deadline && *latency > *m_options.deadline ? 1 : 0;
    }

    void ended(std::size_t number, const CallEnd& end)
    {
        const auto time = now();
        bool callsAgain = false;
        {
            std::lock_guard lock(m_mutex);
            auto& client = m_clients[number];
            client.isCalling = false;
            --m_underWay;
            if (client.intended >= m_countsFrom && !m_isCancelling)
                count(end, end.time - client.intended);
            // Without a turn of another thread, which would cost as much as a short call.
            callsAgain = !m_options.rate && end.isGood() && !isOverLocked(time);
            if (callsAgain)
                mark(number, time);
            else
                m_free.push({m_options.rate || end.isGood() ? time : time + returnAfter(end), number});
            // Under the lock: whoever waits may destroy all this as soon as nothing is under way.
            if (!callsAgain)
                m_changed.notify_all();
        }
        if (callsAgain)
            m_clients[number].caller->begin();
    }

    static Duration returnAfter(const CallEnd& end)
    {
        return std::clamp(end.pushback.value_or(kReturnAfterFailure), kShortestReturn, kLongestReturn);
    }

    void count(const CallEnd& end, Duration latency)
    {
        ++m_report.statuses[nameOf(end.code)];
        if (end.isGood()) {
            ++m_report.successes;
            if (!m_report.isOfFrames)
                m_latency.record(latency);
            return;
        }
        if (end.code == grpc::StatusCode::RESOURCE_EXHAUSTED || end.pushback) {
            ++m_report.refusals;
            m_report.pushbacks += end.pushback ? 1 : 0;
            m_refusalLatency.record(latency);
        } else {
            ++m_report.failures;
        }
        if (m_report.firstFailure.empty())
            m_report.firstFailure = end.problem;
    }

    /// Waits for what is under way; cancels it when it takes too long.
    void finish(const std::stop_token& stop)
    {
        std::unique_lock lock(m_mutex);
        m_isEnding = true;
        const auto isDone = [&] { return m_underWay == 0; };
        const bool isDoneInTime = m_changed.wait_for(lock, stop, kEndPatience, isDone);
        m_loadEnd = now();
        if (isDoneInTime)
            return;
        m_isCancelling = stop.stop_requested();
        constexpr auto kAgain = std::chrono::milliseconds(200); // for a call that was just beginning
        do {
            std::vector<Caller*> calling;
            for (const auto& client : m_clients) {
                if (client.isCalling)
                    calling.push_back(client.caller.get());
            }
            lock.unlock();
            for (auto* caller : calling)
                caller->cancel();
            lock.lock();
        } while (!m_changed.wait_for(lock, kAgain, isDone));
    }

    const ServerLoadOptions m_options;
    std::mt19937_64 m_random;
    const TimePoint m_start, m_countsFrom, m_end;
    TimePoint m_nextDue; ///< of an open loop
    TimePoint m_loadEnd;
    metrics::LatencyHistogram m_latency, m_refusalLatency;

    std::mutex m_mutex; ///< of all that follows, but for the callers themselves
    std::condition_variable_any m_changed;
    std::priority_queue<Free, std::vector<Free>, std::greater<>> m_free;
    std::size_t m_underWay = 0;
    bool m_isEnding = false, m_isCancelling = false;
    ServerLoadReport m_report;
    std::vector<Client> m_clients; ///< last: their calls use all of the above
};

Result<CallerMaker> callersOf(const ServerAccess& access, const ServerLoadOptions& options,
                              const std::shared_ptr<grpc::Channel>& channel)
{
    switch (options.service) {
    case Service::Optimized:
        return optimizedCallers(access, options, channel);
    case Service::KServe:
        return kserveCallers(access, options, channel);
    case Service::Own:
        break;
    }
    return speechCallers(access, options, channel);
}

} // namespace

Result<ServerLoadReport> offerServerLoad(const ServerAccess& access, const ServerLoadOptions& options,
                                         const std::stop_token& stop)
{
    if (options.streams < 1 || (options.seconds <= 0 && options.calls <= 0) || (options.rate && *options.rate <= 0))
        return failure(ErrorCode::Usage, "A load needs a caller, an end and a positive rate.");
    std::vector<std::shared_ptr<grpc::Channel>> channels;
    const int connections = (options.streams + kStreamsOfAConnection - 1) / kStreamsOfAConnection;
    for (int i = 0; i < connections; ++i) {
        auto channel = connect(access, kConnectPatience, stop);
        if (!channel)
            return failure(channel);
        channels.push_back(std::move(*channel));
    }
    const auto makeCaller = callersOf(access, options, channels.front());
    if (!makeCaller)
        return failure(makeCaller);
    return LoadRun(options, channels, *makeCaller).run(stop);
}

} // namespace lipsync::clients

// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/stream_table.h"

#include <algorithm>

namespace lipsync::scheduling {

StreamId StreamTable::open(const StreamOptions& options, TimePoint now)
{
    Stream stream;
    stream.options = options;
    // Its first frame may come any moment; until it has said otherwise, it may take as long as a frame lasts.
    stream.nextExpected = now;
    stream.patience = options.period;
    m_streams.emplace(++m_last, std::move(stream));
    return m_last;
}

void StreamTable::add(StreamId id, JobId job, TimePoint now, std::optional<TimePoint> deadline)
{
    auto& stream = m_streams.at(id);
    stream.outstanding.push_back(job);
    stream.nextExpected = now + stream.options.period;
    stream.patience = deadline ? std::optional(*deadline - now) : std::nullopt;
}

void StreamTable::popFront(StreamId id)
{
    m_streams.at(id).outstanding.pop_front();
    forgetIfDone(id);
}

void StreamTable::close(StreamId id)
{
    m_streams.at(id).closed = true;
    forgetIfDone(id);
}

void StreamTable::forgetIfDone(StreamId id)
{
    const auto found = m_streams.find(id);
    if (found->second.closed && found->second.outstanding.empty())
        m_streams.erase(found);
}

std::vector<ExpectedFrame> StreamTable::expected(TimePoint now, TimePoint horizon) const
{
    std::vector<ExpectedFrame> frames;
    for (const auto& [id, stream] : m_streams) {
        const auto period = stream.options.period;
        if (stream.closed || period <= Duration::zero() || !stream.patience || stream.nextExpected + period < now)
            continue; // not paced, not in a hurry, or it has paused
        // A late one may come any moment.
        for (auto arrival = std::max(stream.nextExpected, now); arrival <= horizon; arrival += period)
            frames.push_back({arrival, arrival + *stream.patience});
    }
    std::sort(frames.begin(), frames.end(),
              [](const ExpectedFrame& a, const ExpectedFrame& b) { return a.arrival < b.arrival; });
    return frames;
}

} // namespace lipsync::scheduling

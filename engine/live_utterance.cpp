// SPDX-License-Identifier: GPL-3.0-or-later
#include "live_utterance.h"

namespace lipsync {

namespace {

constexpr double kSampleRate = 16000;
constexpr std::size_t kRememberedFrames = 4096; // more than ever wait to be shown

} // namespace

LiveUtterance::LiveUtterance(std::unique_ptr<session::SpeechSession> session, double framesPerSecond,
                             std::uint64_t interruption)
    : m_session(std::move(session))
    , m_framesPerSecond(framesPerSecond)
    , m_interruption(interruption)
{
}

Status LiveUtterance::hear(std::span<const float> samples, TimePoint arrival)
{
    {
        std::lock_guard lock(m_mutex);
        m_samples += samples.size();
        m_arrivals.push_back({m_samples, arrival});
    }
    auto heard = m_session->push(samples);
    noteReady();
    return heard;
}

Status LiveUtterance::finish()
{
    auto finished = m_session->finish();
    noteReady();
    return finished;
}

void LiveUtterance::noteReady()
{
    const TimePoint now = SteadyClock().now();
    std::lock_guard lock(m_mutex);
    while (m_session->isReady(m_readyFrames)) {
        ++m_readyFrames;
        m_readyTimes.push_back(now);
        if (m_readyTimes.size() > kRememberedFrames)
            m_readyTimes.pop_front();
    }
}

std::size_t LiveUtterance::samples() const
{
    std::lock_guard lock(m_mutex);
    return m_samples;
}

TimePoint LiveUtterance::readyAt(std::int64_t number) const
{
    std::lock_guard lock(m_mutex);
    const auto first = m_readyFrames - static_cast<std::int64_t>(m_readyTimes.size());
    if (number < first || number >= m_readyFrames)
        return SteadyClock().now();
    return m_readyTimes[static_cast<std::size_t>(number - first)];
}

TimePoint LiveUtterance::arrivalOf(std::int64_t number)
{
    const double end = static_cast<double>(number + 1) / m_framesPerSecond * kSampleRate;
    std::lock_guard lock(m_mutex);
    while (m_arrivals.size() > 1 && static_cast<double>(m_arrivals.front().end) < end)
        m_arrivals.pop_front();
    return m_arrivals.empty() ? SteadyClock().now() : m_arrivals.front().time;
}

} // namespace lipsync

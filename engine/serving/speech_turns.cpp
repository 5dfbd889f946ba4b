// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/speech_turns.h"

#include "serving/readiness.h"

#include <algorithm>

namespace lipsync::serving {

namespace {

constexpr Duration kSilence = std::chrono::seconds(1); ///< after which a session does not speak any more
constexpr std::size_t kFirstSessions = 4; ///< of a worker, as long as nothing is measured
constexpr Duration kRetryOfSpeech = std::chrono::milliseconds(500);

} // namespace

SpeechTurns::Turn::Turn(SpeechTurns& turns, scheduling::ModelId model, std::size_t mostUnderWay)
    : m_turns(turns)
    , m_model(model)
    , m_mostUnderWay(mostUnderWay)
{
    std::lock_guard lock(m_turns.m_mutex);
    m_turns.m_open.push_back(this);
}

SpeechTurns::Turn::~Turn()
{
    std::lock_guard lock(m_turns.m_mutex);
    m_turns.m_open.remove(this);
}

Answer<void> SpeechTurns::Turn::speak()
{
    const auto now = SteadyClock().now();
    {
        std::lock_guard lock(m_turns.m_mutex);
        if (m_lastActivity && now - *m_lastActivity < kSilence) {
            m_lastActivity = now;
            return {};
        }
    }
    // What the workers can do is asked without the lock.
    const auto rate = m_turns.framesPerSecond(m_model);
    const auto workers = static_cast<std::size_t>(ableWorkers(m_turns.m_service.pool().snapshot()));
    std::lock_guard lock(m_turns.m_mutex);
    const auto others = m_turns.framesOfOthers(*this, now);
    const double most = rate ? *rate * seconds(m_turns.m_longestWait)
                             : static_cast<double>(std::max<std::size_t>(1, workers) * kFirstSessions * m_mostUnderWay);
    if (others > 0 && static_cast<double>(others + m_mostUnderWay) > most)
        return tl::unexpected(Fault{FaultKind::Overloaded,
                                    "As many sessions speak as the workers can keep up with. Ask again later.",
                                    kRetryOfSpeech});
    m_lastActivity = now;
    return {};
}

void SpeechTurns::Turn::noteFrame()
{
    std::lock_guard lock(m_turns.m_mutex);
    m_lastActivity = SteadyClock().now();
}

/// Needs the lock.
std::size_t SpeechTurns::framesOfOthers(const Turn& turn, TimePoint now) const
{
    std::size_t frames = 0;
    for (const auto* each : m_open) {
        if (each != &turn && each->m_lastActivity && now - *each->m_lastActivity < kSilence)
            frames += each->m_mostUnderWay;
    }
    return frames;
}

/// Of all workers together, at their best batch; nothing before something was measured.
std::optional<double> SpeechTurns::framesPerSecond(scheduling::ModelId model) const
{
    double sum = 0;
    for (const auto& worker : m_service.pool().snapshot().workers) {
        double best = 0;
        for (const auto& [size, took] : m_service.pool().measuredCosts(worker.traits.costKey, model))
            best = std::max(best, took > Duration::zero() ? size / seconds(took) : 0);
        sum += worker.leaving ? 0 : best;
    }
    return sum > 0 ? std::optional(sum) : std::nullopt;
}

} // namespace lipsync::serving

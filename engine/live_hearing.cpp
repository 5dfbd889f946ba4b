// SPDX-License-Identifier: GPL-3.0-or-later
#include "live_hearing.h"

#include <utility>

namespace lipsync {

namespace {

/// Sound before the first loud stretch that belongs to an utterance, since voices begin softly: 0.3 s.
constexpr std::size_t kSamplesBefore = 4800;
/// An utterance is cut here, since a speech keeps the features of all its sound: ten minutes.
constexpr std::size_t kLongestUtterance = std::size_t{600} * 16000;

} // namespace

LiveHearing::LiveHearing(const LiveOptions& options, double framesPerSecond,
                         std::unique_ptr<session::SpeechSession> first, MakeSession makeSession, Began began)
    : m_options(options)
    , m_framesPerSecond(framesPerSecond)
    , m_makeSession(std::move(makeSession))
    , m_began(std::move(began))
    , m_gate(options.silenceLevel, options.silenceSeconds)
    , m_next(std::move(first))
{
}

Status LiveHearing::hear(const LiveSound& sound)
{
    follow(sound.interruption);
    const bool isSpeech = !m_options.idles || m_gate.hears(sound.samples);
    if (!m_utterance) {
        if (!isSpeech)
            return wait(sound);
        if (auto begun = begin(); !begun)
            return begun;
    }
    if (auto heard = m_utterance->hear(sound.samples, sound.arrival); !heard)
        return heard;
    const bool isTooLong = m_options.idles && m_utterance->samples() >= kLongestUtterance;
    return isSpeech && !isTooLong ? Status() : end();
}

Status LiveHearing::finish()
{
    return m_utterance ? std::exchange(m_utterance, nullptr)->finish() : Status();
}

void LiveHearing::follow(std::uint64_t interruption)
{
    if (interruption == m_interruption)
        return;
    m_interruption = interruption;
    m_utterance.reset();
    m_before.clear();
    m_samplesBefore = 0;
    m_gate.reset();
}

Status LiveHearing::begin()
{
    if (auto prepared = prepare(); !prepared)
        return prepared;
    m_utterance = std::make_shared<LiveUtterance>(std::move(m_next), m_framesPerSecond, m_interruption);
    m_began(m_utterance);
    m_samplesBefore = 0;
    for (const auto& early : std::exchange(m_before, {})) {
        if (auto heard = m_utterance->hear(early.samples, early.arrival); !heard)
            return heard;
    }
    return {};
}

Status LiveHearing::wait(const LiveSound& sound)
{
    m_before.push_back(sound);
    m_samplesBefore += sound.samples.size();
    while (m_samplesBefore - m_before.front().samples.size() >= kSamplesBefore) {
        m_samplesBefore -= m_before.front().samples.size();
        m_before.pop_front();
    }
    return prepare();
}

Status LiveHearing::end()
{
    auto finished = finish();
    return finished ? prepare() : finished;
}

Status LiveHearing::prepare()
{
    if (m_next)
        return {};
    auto made = m_makeSession();
    if (!made)
        return failure(made);
    m_next = std::move(*made);
    return {};
}

} // namespace lipsync

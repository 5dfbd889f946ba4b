// SPDX-License-Identifier: GPL-3.0-or-later
// What the thread "live" does: the utterances' frames on their way to the workers.
#include "live_speech.h"

#include <algorithm>

namespace lipsync {

namespace {

/// Frames that wait for a worker or the paste in a session that does not idle; the rest of the sound waits.
constexpr std::int64_t kMostInFlight = 128;
constexpr auto kRetryInterval = std::chrono::milliseconds(20); ///< after a refusal that may pass
/// A session that idles leaves frames out that could not even be sent so long after they were due.
constexpr auto kPatience = std::chrono::milliseconds(160);

} // namespace

Status LiveSpeech::send(Desk& desk, session::FrameStream& stream, const std::stop_token& stop)
{
    while (true) {
        const auto utterance = nextUtterance(stop);
        if (!utterance)
            return failure(utterance);
        if (!*utterance)
            return waitForRoom(1, stop);
        const auto spoken = speak(desk, stream, **utterance, stop);
        const bool isForgotten = (*utterance)->interrupted().stop_requested() && !stop.stop_requested();
        if (isForgotten)
            stream.cancel();
        else if (!spoken)
            return spoken;
    }
}

/// Waits for what is to be spoken next; null when nothing follows.
Result<LiveSpeech::Utterance> LiveSpeech::nextUtterance(const std::stop_token& stop)
{
    Lock lock(m_mutex);
    m_spoken.reset();
    if (!m_changed.wait(lock, stop, [&] { return m_isHeard || !m_utterances.empty(); }))
        return wasStopped();
    if (!m_utterances.empty()) {
        m_spoken = std::move(m_utterances.front());
        m_utterances.pop_front();
    } else if (!m_heard) {
        return tl::unexpected(m_heard.error());
    }
    return m_spoken;
}

Status LiveSpeech::speak(const Desk& desk, session::FrameStream& stream, LiveUtterance& utterance,
                         const std::stop_token& stop)
{
    const std::stop_callback stopping(stop, [&] { utterance.interrupt(); });
    const auto ending = utterance.interrupted();
    Sent sent{utterance.interruption(), {}, {}};
    for (std::int64_t frame = 0;; ++frame) {
        const auto isThere = utterance.session().hasFrame(frame, ending);
        if (!isThere)
            return failure(isThere);
        if (!*isThere)
            break;
        if (auto room = waitForRoom(mostInFlight(), ending); !room)
            return room;
        sent.due = std::max(sent.due + desk.period, utterance.readyAt(frame));
        sent.arrival = utterance.arrivalOf(frame);
        const auto number = takeNumber(utterance, sent.due);
        if (!number)
            continue;
        auto made = utterance.session().frame(frame, *number, ending);
        if (!made)
            return failure(made);
        if (auto submitted = submit(stream, *made, sent, ending); !submitted)
            return submitted;
    }
    std::lock_guard lock(m_mutex);
    if (utterance.interruption() == m_interruption)
        m_isSending = false;
    m_changed.notify_all();
    return {};
}

/// The number of an utterance's next picture; nothing when it is left out to keep up, or not wanted any more.
std::optional<std::int64_t> LiveSpeech::takeNumber(const LiveUtterance& utterance, TimePoint due)
{
    std::lock_guard lock(m_mutex);
    if (utterance.interruption() != m_interruption)
        return {};
    m_isSending = true;
    const auto number = m_nextNumber++;
    if (m_options.idles && SteadyClock().now() > due + kPatience) {
        ++m_dropped;
        return {};
    }
    return number;
}

std::int64_t LiveSpeech::mostInFlight() const
{
    // What waits for a worker grows old: one more than can be computed at a time.
    return m_options.idles ? m_service.plan().workerCount() + 1 : kMostInFlight;
}

/// Waits until fewer than `most` frames are on their way.
Status LiveSpeech::waitForRoom(std::int64_t most, const std::stop_token& stop)
{
    Lock lock(m_mutex);
    if (!m_changed.wait(lock, stop, [&] { return m_inFlight < most; }))
        return wasStopped();
    return {};
}

Status LiveSpeech::submit(session::FrameStream& stream, const session::SpeechFrame& frame, const Sent& sent,
                          const std::stop_token& stop)
{
    using Reason = scheduling::Refusal::Reason;
    {
        std::lock_guard lock(m_mutex);
        m_underWay.push_back(sent);
        if (sent.interruption == m_interruption)
            ++m_inFlight;
    }
    while (true) {
        const auto accepted = stream.submit(frame);
        if (accepted)
            return {};
        const auto reason = accepted.error().reason;
        if (reason != Reason::QueueFull && reason != Reason::WaitTooLong) {
            m_service.recordRefusal();
            return failure(ErrorCode::Resource, accepted.error().text());
        }
        Lock lock(m_mutex);
        m_changed.wait_for(lock, stop, kRetryInterval, [] { return false; });
        if (stop.stop_requested()) {
            m_underWay.pop_back();
            return wasStopped();
        }
    }
}

/// On the workers' delivery thread.
void LiveSpeech::received(session::StreamedFrame frame)
{
    {
        std::lock_guard lock(m_mutex);
        m_returned.push_back({std::move(frame), m_underWay.front()});
        m_underWay.pop_front();
    }
    m_changed.notify_all();
}

} // namespace lipsync

// SPDX-License-Identifier: GPL-3.0-or-later
#include "live_speech.h"

#include "base/thread_name.h"
#include "descriptions.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lipsync {

namespace {

constexpr std::size_t kLargestPiece = 1600; ///< samples heard at once: a tenth of a second

/// Sound as the network may hear it, whatever a device gives.
float tamed(float sample)
{
    return std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
}

} // namespace

LiveSpeech::LiveSpeech(session::FrameService& service, std::filesystem::path avatar, Events events,
                       const LiveOptions& options)
    : m_service(service)
    , m_avatar(std::move(avatar))
    , m_events(std::move(events))
    , m_options(options)
    , m_thread([this](std::stop_token stop) { run(stop); })
{
}

LiveSpeech::~LiveSpeech()
{
    m_thread.request_stop();
}

void LiveSpeech::push(std::span<const float> samples)
{
    const TimePoint arrival = SteadyClock().now();
    {
        std::lock_guard lock(m_mutex);
        if (m_isFinished)
            return;
        for (std::size_t at = 0; at < samples.size(); at += kLargestPiece) {
            const auto part = samples.subspan(at, std::min(kLargestPiece, samples.size() - at));
            LiveSound piece{std::vector<float>(part.size()), arrival, m_interruption};
            std::transform(part.begin(), part.end(), piece.samples.begin(), tamed);
            m_sound.push_back(std::move(piece));
        }
    }
    m_changed.notify_all();
}

void LiveSpeech::interrupt()
{
    std::deque<Utterance> forgotten;
    {
        std::lock_guard lock(m_mutex);
        ++m_interruption;
        m_sound.clear();
        forgotten.swap(m_utterances);
        if (m_spoken)
            forgotten.push_back(m_spoken);
        m_isSending = false;
        m_inFlight = 0;
        m_nextNumber = m_lastShown + 1;
    }
    for (const auto& utterance : forgotten)
        utterance->interrupt();
    m_changed.notify_all();
}

void LiveSpeech::finish()
{
    {
        std::lock_guard lock(m_mutex);
        m_isFinished = true;
    }
    m_changed.notify_all();
}

LiveStatistics LiveSpeech::statistics() const
{
    std::lock_guard lock(m_mutex);
    LiveStatistics statistics;
    statistics.computed = m_computed;
    statistics.dropped = m_dropped;
    statistics.isIdle = isIdle();
    if (!m_delaysMs.empty())
        statistics.delayMs =
            std::accumulate(m_delaysMs.begin(), m_delaysMs.end(), 0.0) / static_cast<double>(m_delaysMs.size());
    if (m_shown.size() >= 2) {
        const double time = seconds(m_shown.back() - m_shown.front());
        if (time > 0)
            statistics.framesPerSecond = static_cast<double>(m_shown.size() - 1) / time;
    }
    return statistics;
}

Result<std::unique_ptr<session::SpeechSession>> LiveSpeech::newSession(const session::OpenAvatar& avatar) const
{
    // Somebody who speaks to the picture waits for it; a sound that comes as fast as it can does not.
    return session::SpeechSession::create(avatar.frames(), 1, {}, m_options.idles ? 1 : session::kEncodeBatch);
}

Result<LiveSpeech::Desk> LiveSpeech::open(const std::stop_token& stop) const
{
    auto avatar = m_service.openAvatar(m_avatar);
    if (!avatar)
        return failure(avatar);
    auto session = newSession(**avatar);
    if (!session)
        return failure(session);
    const auto& manifest = (*avatar)->package().manifest();
    if (auto ready = m_service.waitUntilReady(**avatar, stop); !ready)
        return failure(ready);
    return Desk{
        *avatar,
        std::move(*session),
        std::make_unique<avatar::Compositor>(manifest.network, manifest.cropResize, avatar::PasteMode::Feathered),
        avatar::TemplateLoop(manifest.loop, manifest.frameCount, manifest.startFrame),
        manifest.frameRate(),
        fromMilliseconds(1000 / manifest.frameRate())};
}

tl::unexpected<Error> LiveSpeech::wasStopped()
{
    return failure(ErrorCode::Interrupted, "The live session was stopped");
}

void LiveSpeech::run(std::stop_token stop)
{
    setThreadName("live");
    auto desk = open(stop);
    if (!desk) {
        if (!stop.stop_requested())
            m_events.ready(failure(desk));
        return;
    }
    m_events.ready(describe(desk->avatar->package()));
    auto ended = work(*desk, stop);
    if (!stop.stop_requested())
        m_events.finished(std::move(ended));
}

Status LiveSpeech::work(Desk& desk, const std::stop_token& stop)
{
    std::stop_source ending; // by the owner, or by a failure of the paste
    const std::stop_callback ended(stop, [&] { ending.request_stop(); });
    Status sent, shown;
    {
        scheduling::StreamOptions options{scheduling::JobClass::Live, false, {}};
        if (m_options.idles)
            options.period = desk.period;
        session::FrameStream stream(m_service.pool(), desk.avatar->model(), options,
                                    [this](session::StreamedFrame frame) { received(std::move(frame)); });
        std::jthread voice([&](std::stop_token voiceStop) {
            setThreadName("live voice");
            hear(desk, voiceStop);
        });
        std::jthread showing([&] {
            setThreadName("live paste");
            shown = show(desk, ending.get_token());
            if (!shown)
                ending.request_stop();
        });
        sent = send(desk, stream, ending.get_token());
        {
            std::lock_guard lock(m_mutex);
            m_isOver = true; // all have been shown, or none is wanted any more
        }
        m_changed.notify_all();
    }
    return shown ? sent : shown;
}

void LiveSpeech::hear(Desk& desk, const std::stop_token& stop)
{
    auto heard = hearAll(desk, stop);
    {
        std::lock_guard lock(m_mutex);
        m_heard = std::move(heard);
        m_isHeard = true;
    }
    m_changed.notify_all();
}

Status LiveSpeech::hearAll(Desk& desk, const std::stop_token& stop)
{
    LiveHearing hearing(
        m_options, desk.frameRate, std::move(desk.session), [&] { return newSession(*desk.avatar); },
        [this](Utterance utterance) { began(std::move(utterance)); });
    while (const auto sound = nextSound(stop)) {
        if (auto heard = hearing.hear(*sound); !heard)
            return heard;
    }
    return stop.stop_requested() ? Status(wasStopped()) : hearing.finish();
}

/// Waits for sound; nothing when there will be none, or when stopped.
std::optional<LiveSound> LiveSpeech::nextSound(const std::stop_token& stop)
{
    Lock lock(m_mutex);
    if (!m_changed.wait(lock, stop, [&] { return m_isFinished || !m_sound.empty(); }) || m_sound.empty())
        return {};
    std::optional<LiveSound> sound(std::move(m_sound.front()));
    m_sound.pop_front();
    return sound;
}

void LiveSpeech::began(Utterance utterance)
{
    {
        std::lock_guard lock(m_mutex);
        if (utterance->interruption() != m_interruption)
            return; // forgotten before it began
        m_utterances.push_back(std::move(utterance));
    }
    m_changed.notify_all();
}

} // namespace lipsync

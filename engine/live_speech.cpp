// SPDX-License-Identifier: GPL-3.0-or-later
#include "live_speech.h"

#include "base/thread_name.h"
#include "descriptions.h"

#include <algorithm>

namespace lipsync {

namespace {

constexpr std::int64_t kMostUnderWay = 128; ///< frames that wait for a worker or the paste; the rest of the sound waits
constexpr auto kRetryInterval = std::chrono::milliseconds(20); ///< after a refusal that may pass

} // namespace

LiveSpeech::LiveSpeech(session::FrameService& service, std::filesystem::path avatar, Events events)
    : m_service(service)
    , m_avatar(std::move(avatar))
    , m_events(std::move(events))
    , m_returned(static_cast<std::size_t>(kMostUnderWay))
    , m_thread([this](std::stop_token stop) { run(stop); })
{
}

LiveSpeech::~LiveSpeech()
{
    m_thread.request_stop();
}

void LiveSpeech::push(std::span<const float> samples)
{
    {
        std::lock_guard lock(m_mutex);
        if (m_finished)
            return;
        m_sound.insert(m_sound.end(), samples.begin(), samples.end());
    }
    m_changed.notify_all();
}

void LiveSpeech::finish()
{
    {
        std::lock_guard lock(m_mutex);
        m_finished = true;
    }
    m_changed.notify_all();
}

Result<LiveSpeech::Desk> LiveSpeech::open(const std::stop_token& stop) const
{
    Desk desk;
    auto avatar = m_service.openAvatar(m_avatar);
    if (!avatar)
        return failure(avatar);
    desk.avatar = std::move(*avatar);
    auto session = session::SpeechSession::create(desk.avatar->frames(), 1);
    if (!session)
        return failure(session);
    desk.session = std::move(*session);
    const auto& manifest = desk.avatar->package().manifest();
    desk.compositor =
        std::make_unique<avatar::Compositor>(manifest.network, manifest.cropResize, avatar::PasteMode::Feathered);
    if (auto ready = m_service.waitUntilReady(*desk.avatar, stop); !ready)
        return failure(ready);
    return desk;
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
    std::stop_source ending; // by the owner, or by a failure of the paste
    const std::stop_callback ended(stop, [&] { ending.request_stop(); });
    Status sent, pasted;
    {
        session::FrameStream stream(m_service.pool(), desk->avatar->model(), {scheduling::JobClass::Live, false, {}},
                                    [this](session::StreamedFrame frame) { m_returned.push(std::move(frame)); });
        std::jthread voice([&](std::stop_token voiceStop) {
            setThreadName("live voice");
            hear(*desk->session, voiceStop);
        });
        std::jthread pasting([&] {
            setThreadName("live paste");
            pasted = paste(*desk);
            if (!pasted)
                ending.request_stop();
        });
        sent = send(*desk, stream, ending.get_token());
        m_returned.cancel(); // all have been pasted, or none is wanted any more
    }
    if (!stop.stop_requested())
        m_events.finished(pasted ? sent : pasted);
}

void LiveSpeech::hear(session::SpeechSession& session, const std::stop_token& stop)
{
    while (true) {
        std::vector<float> piece;
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [&] { return m_finished || !m_sound.empty(); }))
                return session.fail({ErrorCode::Interrupted, "Stopped while listening to the voice", {}});
            const auto count = std::min(m_sound.size(), session::kSpeechChunk);
            piece.assign(m_sound.begin(), m_sound.begin() + static_cast<std::ptrdiff_t>(count));
            m_sound.erase(m_sound.begin(), m_sound.begin() + static_cast<std::ptrdiff_t>(count));
        }
        if (piece.empty()) {
            (void)session.finish(); // a failure reaches whoever asks for a frame
            return;
        }
        if (!session.push(piece))
            return;
    }
}

Status LiveSpeech::send(Desk& desk, session::FrameStream& stream, const std::stop_token& stop)
{
    for (std::int64_t number = 0;; ++number) {
        const auto isThere = desk.session->hasFrame(number, stop);
        if (!isThere)
            return failure(isThere);
        if (!*isThere)
            return waitUntilUnderWay(0, stop);
        const auto frame = desk.session->frame(number, stop);
        if (!frame)
            return failure(frame);
        if (auto room = waitUntilUnderWay(kMostUnderWay - 1, stop); !room)
            return room;
        {
            std::lock_guard lock(m_mutex);
            ++m_underWay;
        }
        if (auto submitted = submit(stream, *frame, stop); !submitted)
            return submitted;
    }
}

/// Waits until no more than `most` frames are under way.
Status LiveSpeech::waitUntilUnderWay(std::int64_t most, const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait(lock, stop, [&] { return m_underWay <= most; }))
        return failure(ErrorCode::Interrupted, "The live session was stopped");
    return {};
}

Status LiveSpeech::submit(session::FrameStream& stream, const session::SpeechFrame& frame, const std::stop_token& stop)
{
    using Reason = scheduling::Refusal::Reason;
    while (true) {
        const auto accepted = stream.submit(frame);
        if (accepted)
            return {};
        if (accepted.error().reason != Reason::QueueFull && accepted.error().reason != Reason::WaitTooLong) {
            m_service.recordRefusal();
            return failure(ErrorCode::Resource, accepted.error().text());
        }
        std::unique_lock lock(m_mutex);
        const auto before = m_underWay;
        m_changed.wait_for(lock, stop, kRetryInterval, [&] { return m_underWay != before; });
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "The live session was stopped");
    }
}

Status LiveSpeech::paste(const Desk& desk)
{
    const auto& manifest = desk.avatar->package().manifest();
    while (const auto frame = m_returned.pop()) {
        if (frame->result.outcome == scheduling::JobOutcome::Failed)
            return tl::unexpected(frame->result.error);
        if (frame->result.outcome != scheduling::JobOutcome::Done)
            return failure(ErrorCode::Interrupted, "The live session was stopped");
        auto picture = std::make_shared<Picture>();
        picture->frame = frame->number;
        picture->width = manifest.frameWidth;
        picture->height = manifest.frameHeight;
        picture->bgr.resize(std::size_t{3} * picture->width * picture->height);
        cv::Mat view(picture->height, picture->width, CV_8UC3, picture->bgr.data());
        if (auto pasted = desk.compositor->paste(*frame->templateFrame, frame->mouth(), view); !pasted)
            return pasted;
        const TimePoint pastedAt = SteadyClock().now();
        m_events.picture(std::move(picture));
        m_service.recordDelivery(frame->result, pastedAt);
        {
            std::lock_guard lock(m_mutex);
            --m_underWay;
        }
        m_changed.notify_all();
    }
    return {};
}

} // namespace lipsync

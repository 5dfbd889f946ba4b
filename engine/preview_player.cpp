// SPDX-License-Identifier: GPL-3.0-or-later
#include "preview_player.h"

#include "base/thread_name.h"
#include "descriptions.h"
#include "media/audio_decoder.h"

#include <algorithm>
#include <numeric>

namespace lipsync {

namespace {

/// Pictures made ahead of the playhead while playing: 0.4 s at 25 frames a second.
constexpr std::int64_t kFramesAhead = 10;
/// Frames that may be between the workers and the paste; more than are ever under way.
constexpr std::size_t kMostReturned = 4096;
constexpr std::size_t kRememberedFrames = 25; ///< over which rate and latency are taken

} // namespace

PreviewPlayer::PreviewPlayer(session::FrameService& service, std::filesystem::path avatar, std::filesystem::path voice,
                             Events events)
    : m_service(service)
    , m_avatar(std::move(avatar))
    , m_voice(std::move(voice))
    , m_events(std::move(events))
    , m_returned(kMostReturned)
    , m_thread([this](std::stop_token stop) { run(stop); })
{
}

PreviewPlayer::~PreviewPlayer()
{
    m_thread.request_stop();
}

void PreviewPlayer::wish(std::int64_t frame, bool play)
{
    {
        std::lock_guard lock(m_mutex);
        m_playing = play;
        m_playhead = std::max<std::int64_t>(0, frame);
        m_playheadTime.reset();
        m_next = m_playhead;
        m_wishTime = Clock::now();
        m_pictures.clear();
        ++m_wish;
        m_isStale = true;
    }
    m_wished.notify_all();
}

void PreviewPlayer::show(std::int64_t frame)
{
    wish(frame, /*play=*/false);
}

void PreviewPlayer::play(std::int64_t frame)
{
    wish(frame, /*play=*/true);
}

void PreviewPlayer::setPlayhead(std::int64_t frame)
{
    {
        std::lock_guard lock(m_mutex);
        if (!m_playing || frame <= m_playhead)
            return;
        m_playhead = frame;
        m_playheadTime = Clock::now();
        if (m_next && *m_next < frame) {
            m_dropped += frame - *m_next;
            m_next = frame;
        }
    }
    m_wished.notify_all();
}

void PreviewPlayer::pause()
{
    std::lock_guard lock(m_mutex);
    m_playing = false;
    m_next.reset();
}

std::shared_ptr<const Picture> PreviewPlayer::pictureAt(std::int64_t frame)
{
    std::lock_guard lock(m_mutex);
    auto after = m_pictures.upper_bound(frame);
    if (after == m_pictures.begin())
        return nullptr;
    const auto newest = std::prev(after);
    m_pictures.erase(m_pictures.begin(), newest);
    return newest->second;
}

void PreviewPlayer::setOriginalsWanted(bool areWanted)
{
    m_originalsAreWanted = areWanted;
}

PreviewStatistics PreviewPlayer::statistics() const
{
    std::lock_guard lock(m_mutex);
    PreviewStatistics statistics;
    statistics.computed = m_computed;
    statistics.dropped = m_dropped;
    if (m_finished.size() >= 2) {
        const double seconds = std::chrono::duration<double>(m_finished.back() - m_finished.front()).count();
        if (seconds > 0)
            statistics.framesPerSecond = static_cast<double>(m_finished.size() - 1) / seconds;
    }
    if (!m_latenciesMs.empty())
        statistics.latencyMs = std::accumulate(m_latenciesMs.begin(), m_latenciesMs.end(), 0.0) /
            static_cast<double>(m_latenciesMs.size());
    return statistics;
}

Result<std::unique_ptr<PreviewPlayer::Desk>> PreviewPlayer::open(const std::stop_token& stop) const
{
    auto desk = std::make_unique<Desk>();
    auto avatar = m_service.openAvatar(m_avatar);
    if (!avatar)
        return failure(avatar);
    desk->avatar = std::move(*avatar);
    auto speech = media::decodeSpeech(m_voice);
    if (!speech)
        return failure(speech);
    desk->speech = std::move(speech->samples);
    auto sound = media::decodeAudio(m_voice);
    if (!sound)
        return failure(sound);
    if (stop.stop_requested())
        return failure(ErrorCode::Interrupted, "Stopped while opening the preview");

    const auto& manifest = desk->avatar->package().manifest();
    desk->info.avatar = describe(desk->avatar->package());
    desk->info.voice = {m_voice, sound->seconds(), sound->sampleRate, sound->channels};
    desk->info.sound =
        std::make_shared<VoiceSound>(VoiceSound{sound->sampleRate, sound->channels, std::move(sound->samples)});
    desk->info.frameRate = manifest.frameRate();
    auto features = session::featuresOf(desk->avatar->package(), m_voice, {});
    if (!features)
        return failure(features);
    auto session = session::SpeechSession::create(desk->avatar->frames(), 1, std::move(*features));
    if (!session)
        return failure(session);
    desk->session = std::move(*session);
    const auto frames = desk->session->framesOf(desk->speech.size());
    if (!frames)
        return failure(frames);
    desk->info.frames = *frames;
    desk->compositor =
        std::make_unique<avatar::Compositor>(manifest.network, manifest.cropResize, avatar::PasteMode::Feathered);
    if (auto ready = m_service.waitUntilReady(*desk->avatar, stop); !ready)
        return failure(ready);
    return desk;
}

void PreviewPlayer::run(std::stop_token stop)
{
    setThreadName("preview");
    auto opened = open(stop);
    if (!opened) {
        if (!stop.stop_requested())
            m_events.ready(failure(opened));
        return;
    }
    auto& desk = **opened;
    std::jthread voice([&](std::stop_token voiceStop) {
        setThreadName("preview voice");
        session::pushWhole(*desk.session, desk.speech, voiceStop);
    });
    std::jthread pasting([&] {
        setThreadName("preview paste");
        paste(desk);
    });
    {
        std::lock_guard lock(m_mutex);
        m_frames = desk.info.frames;
        m_frameRate = desk.info.frameRate;
    }
    m_events.ready(desk.info);
    {
        scheduling::StreamOptions options{scheduling::JobClass::Preview, false, {}};
        options.period = fromMilliseconds(1000 / desk.info.frameRate);
        session::FrameStream stream(m_service.pool(), desk.avatar->model(), options,
                                    [this](session::StreamedFrame frame) { received(std::move(frame)); });
        while (const auto wish = nextWish(stop))
            send(desk, stream, *wish, stop);
    }
    m_returned.cancel();
}

std::optional<PreviewPlayer::Wish> PreviewPlayer::nextWish(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    const auto wanted = [&] {
        return m_next && *m_next < m_frames && (!m_playing || *m_next < m_playhead + kFramesAhead);
    };
    if (!m_wished.wait(lock, stop, wanted))
        return {};
    Wish wish{*m_next, m_wish, m_playing ? Clock::now() : m_wishTime, {}};
    if (m_playing && m_playheadTime) {
        const double left = static_cast<double>(wish.frame - m_playhead + 1) / m_frameRate;
        wish.deadline = *m_playheadTime + fromMilliseconds(1000 * left);
    }
    if (m_playing)
        ++*m_next;
    else
        m_next.reset();
    return wish;
}

void PreviewPlayer::send(Desk& desk, session::FrameStream& stream, const Wish& wish, const std::stop_token& stop)
{
    auto frame = desk.session->frame(wish.frame, stop);
    if (stop.stop_requested())
        return;
    if (!frame)
        return tellFailure(frame.error());
    bool isStale = false;
    {
        std::lock_guard lock(m_mutex);
        if (wish.number != m_wish)
            return; // overtaken while the voice was not known that far
        isStale = std::exchange(m_isStale, false);
    }
    if (isStale)
        stream.cancel();
    {
        std::lock_guard lock(m_mutex);
        m_underWay.push_back(wish);
    }
    const auto accepted = stream.submit(std::move(*frame), wish.deadline);
    if (!accepted)
        refused(wish, accepted.error());
}

void PreviewPlayer::refused(const Wish& wish, const scheduling::Refusal& refusal)
{
    m_service.recordRefusal();
    const bool isLate = wish.deadline && refusal.reason != scheduling::Refusal::Reason::NotReady;
    {
        std::lock_guard lock(m_mutex);
        m_underWay.pop_back();
        if (isLate)
            ++m_dropped;
    }
    if (!isLate)
        tellFailure({ErrorCode::Resource, refusal.text(), {}});
}

void PreviewPlayer::received(session::StreamedFrame frame)
{
    Wish wish;
    {
        std::lock_guard lock(m_mutex);
        wish = m_underWay.front();
        m_underWay.pop_front();
        if (frame.result.outcome == scheduling::JobOutcome::Expired)
            ++m_dropped;
    }
    m_returned.push({std::move(frame), wish});
}

void PreviewPlayer::paste(Desk& desk)
{
    while (const auto returned = m_returned.pop()) {
        const auto& [frame, wish] = *returned;
        if (frame.result.outcome == scheduling::JobOutcome::Failed)
            tellFailure(frame.result.error);
        if (frame.result.outcome != scheduling::JobOutcome::Done)
            continue;
        auto picture = pictureOf(desk, frame);
        if (!picture) {
            tellFailure(picture.error());
            continue;
        }
        m_service.recordDelivery(frame.result, Clock::now());
        keep(std::move(*picture), wish);
        m_events.picture(frame.number);
    }
}

void PreviewPlayer::tellFailure(const Error& error)
{
    m_events.failed(error);
    pause();
}

Result<std::shared_ptr<const Picture>> PreviewPlayer::pictureOf(Desk& desk, const session::StreamedFrame& frame) const
{
    const auto& manifest = desk.avatar->package().manifest();
    auto picture = std::make_shared<Picture>();
    picture->frame = frame.number;
    picture->width = manifest.frameWidth;
    picture->height = manifest.frameHeight;
    picture->bgr.resize(std::size_t{3} * picture->width * picture->height);
    cv::Mat view(picture->height, picture->width, CV_8UC3, picture->bgr.data());
    if (auto pasted = desk.compositor->paste(*frame.templateFrame, frame.mouth(), view); !pasted)
        return failure(pasted);
    if (m_originalsAreWanted) {
        picture->original.resize(picture->bgr.size());
        frame.templateFrame->picture.copyTo(
            cv::Mat(picture->height, picture->width, CV_8UC3, picture->original.data()));
    }
    return std::shared_ptr<const Picture>(std::move(picture));
}

void PreviewPlayer::keep(std::shared_ptr<const Picture> picture, const Wish& wish)
{
    const auto now = Clock::now();
    std::lock_guard lock(m_mutex);
    ++m_computed;
    m_finished.push_back(now);
    m_latenciesMs.push_back(std::chrono::duration<double, std::milli>(now - wish.since).count());
    if (m_finished.size() > kRememberedFrames) {
        m_finished.pop_front();
        m_latenciesMs.pop_front();
    }
    if (wish.number == m_wish)
        m_pictures[picture->frame] = std::move(picture);
}

} // namespace lipsync

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
constexpr int kMostWorkers = 4; ///< more would only wait: frames are wished for one after another
constexpr std::size_t kRememberedFrames = 25; ///< over which rate and latency are taken

} // namespace

PreviewPlayer::PreviewPlayer(std::filesystem::path avatar, std::filesystem::path voice, const EngineOptions& options,
                             Events events)
    : m_avatar(std::move(avatar))
    , m_voice(std::move(voice))
    , m_options(options)
    , m_events(std::move(events))
    , m_thread([this](std::stop_token stop) { run(stop); })
{
}

PreviewPlayer::~PreviewPlayer()
{
    m_thread.request_stop();
}

void PreviewPlayer::show(std::int64_t frame)
{
    {
        std::lock_guard lock(m_mutex);
        m_playing = false;
        m_next = std::max<std::int64_t>(0, frame);
        m_wishTime = Clock::now();
        m_pictures.clear();
        ++m_wish;
    }
    m_wished.notify_all();
}

void PreviewPlayer::play(std::int64_t frame)
{
    {
        std::lock_guard lock(m_mutex);
        m_playing = true;
        m_playhead = std::max<std::int64_t>(0, frame);
        m_next = m_playhead;
        m_wishTime = Clock::now();
        m_pictures.clear();
        ++m_wish;
    }
    m_wished.notify_all();
}

void PreviewPlayer::setPlayhead(std::int64_t frame)
{
    {
        std::lock_guard lock(m_mutex);
        if (!m_playing || frame <= m_playhead)
            return;
        m_playhead = frame;
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
    auto package = avatar::AvatarPackage::open(m_avatar);
    if (!package)
        return failure(package);
    auto speech = media::decodeSpeech(m_voice);
    if (!speech)
        return failure(speech);
    desk->speech = std::move(speech->samples);
    auto sound = media::decodeAudio(m_voice);
    if (!sound)
        return failure(sound);
    if (stop.stop_requested())
        return failure(ErrorCode::Interrupted, "Stopped while opening the preview");

    const auto& manifest = (*package)->manifest();
    desk->info.avatar = describe(**package);
    desk->info.voice = {m_voice, sound->seconds(), sound->sampleRate, sound->channels};
    desk->info.sound =
        std::make_shared<VoiceSound>(VoiceSound{sound->sampleRate, sound->channels, std::move(sound->samples)});
    desk->info.frameRate = manifest.frameRate();
    desk->info.frames = static_cast<std::int64_t>(audio::videoFrameCount(desk->speech.size(), manifest.frameRate()));

    auto frames = avatar::TemplateFrames::open(*package);
    if (!frames)
        return failure(frames);
    desk->frames = std::move(*frames);
    auto session = session::SpeechSession::create(desk->frames, 1);
    if (!session)
        return failure(session);
    desk->session = std::move(*session);
    const auto precision = m_options.bf16 ? nn::Precision::Bf16 : nn::Precision::Fp32;
    // One thread a worker, as in a render: several threads inside a layer wait for whichever core is busy elsewhere.
    const int workers = std::min(nn::RunOptions{precision, m_options.threads}.threadCount(), kMostWorkers);
    for (int i = 0; i < workers; ++i) {
        auto worker = inference::MouthWorker::create(**package, {precision, 1});
        if (!worker)
            return failure(worker);
        desk->workers.push_back(std::move(*worker));
    }
    desk->compositor =
        std::make_unique<avatar::Compositor>(manifest.network, manifest.cropResize, avatar::PasteMode::Feathered);
    return desk;
}

void PreviewPlayer::run(std::stop_token stop)
{
    setThreadName("preview");
    auto desk = open(stop);
    if (!desk) {
        if (!stop.stop_requested())
            m_events.ready(failure(desk));
        return;
    }
    std::jthread voice([&](std::stop_token voiceStop) {
        setThreadName("preview voice");
        session::pushWhole(*(*desk)->session, (*desk)->speech, voiceStop);
    });
    {
        std::lock_guard lock(m_mutex);
        m_frames = (*desk)->info.frames;
    }
    m_events.ready((*desk)->info);

    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < (*desk)->workers.size(); ++i) {
        helpers.emplace_back([&, i] {
            setThreadName("preview");
            work(**desk, *(*desk)->workers[i], stop);
        });
    }
    work(**desk, *(*desk)->workers.front(), stop);
}

void PreviewPlayer::work(Desk& desk, inference::MouthWorker& worker, const std::stop_token& stop)
{
    while (const auto frame = nextFrame(stop)) {
        std::uint64_t wish;
        Clock::time_point wished;
        {
            std::lock_guard lock(m_mutex);
            wish = m_wish;
            wished = m_playing ? Clock::now() : m_wishTime;
        }
        auto picture = compute(desk, worker, *frame, stop);
        if (stop.stop_requested())
            return;
        if (!picture) {
            m_events.failed(picture.error());
            pause();
            continue;
        }
        keep(std::move(*picture), wish, wished);
        m_events.picture(*frame);
    }
}

std::optional<std::int64_t> PreviewPlayer::nextFrame(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    const auto wanted = [&] {
        return m_next && *m_next < m_frames && (!m_playing || *m_next < m_playhead + kFramesAhead);
    };
    if (!m_wished.wait(lock, stop, wanted))
        return {};
    const auto frame = *m_next;
    if (m_playing)
        ++*m_next;
    else
        m_next.reset();
    return frame;
}

Result<std::shared_ptr<const Picture>> PreviewPlayer::compute(Desk& desk, inference::MouthWorker& worker,
                                                              std::int64_t frame, const std::stop_token& stop) const
{
    const auto job = desk.session->job(frame, stop);
    if (!job)
        return failure(job);
    const auto mouths = worker.run({&*job, 1});
    if (!mouths)
        return failure(mouths);
    const auto& manifest = desk.frames->package().manifest();
    auto picture = std::make_shared<Picture>();
    picture->frame = frame;
    picture->width = manifest.frameWidth;
    picture->height = manifest.frameHeight;
    picture->bgr.resize(std::size_t{3} * picture->width * picture->height);
    cv::Mat view(picture->height, picture->width, CV_8UC3, picture->bgr.data());
    if (auto pasted = desk.compositor->paste(*job->templateFrame, *mouths, view); !pasted)
        return failure(pasted);
    return std::shared_ptr<const Picture>(std::move(picture));
}

void PreviewPlayer::keep(std::shared_ptr<const Picture> picture, std::uint64_t wish, Clock::time_point wished)
{
    const auto now = Clock::now();
    std::lock_guard lock(m_mutex);
    ++m_computed;
    m_finished.push_back(now);
    m_latenciesMs.push_back(std::chrono::duration<double, std::milli>(now - wished).count());
    if (m_finished.size() > kRememberedFrames) {
        m_finished.pop_front();
        m_latenciesMs.pop_front();
    }
    if (wish == m_wish)
        m_pictures[picture->frame] = std::move(picture);
}

} // namespace lipsync

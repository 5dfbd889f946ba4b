// SPDX-License-Identifier: GPL-3.0-or-later
// What the thread "live paste" does: pictures of what comes back, and of the idle loop.
#include "live_speech.h"

#include <algorithm>

namespace lipsync {

namespace {

constexpr std::size_t kRememberedFrames = 25; ///< over which rate and delay are taken

TimePoint now()
{
    return SteadyClock().now();
}

cv::Mat pixelsOf(Picture& picture)
{
    return {picture.height, picture.width, CV_8UC3, picture.bgr.data()};
}

void remember(auto& values, auto value)
{
    values.push_back(value);
    if (values.size() > kRememberedFrames)
        values.pop_front();
}

} // namespace

Status LiveSpeech::show(const Desk& desk, const std::stop_token& stop)
{
    {
        std::lock_guard lock(m_mutex);
        m_idleTime = now();
    }
    while (true) {
        std::optional<Returned> returned;
        std::int64_t idleNumber = 0;
        {
            Lock lock(m_mutex);
            waitForWork(lock, stop);
            if (stop.stop_requested())
                return wasStopped();
            if (!m_returned.empty()) {
                returned = std::move(m_returned.front());
                m_returned.pop_front();
            } else if (m_isOver) {
                return {};
            } else {
                idleNumber = m_nextNumber++;
            }
        }
        if (auto shown = returned ? showSpeech(desk, *returned, stop) : showIdle(desk, idleNumber); !shown)
            return shown;
    }
}

/// Whether the idle loop is shown. Needs the lock of m_mutex.
bool LiveSpeech::isIdle() const
{
    return m_options.idles && !m_isSending && m_inFlight == 0;
}

/// Waits for a frame that came back, for the next of the idle loop to be due, or for the end.
void LiveSpeech::waitForWork(Lock& lock, const std::stop_token& stop)
{
    const auto hasNews = [&] { return m_isOver || !m_returned.empty(); };
    while (!stop.stop_requested() && !hasNews()) {
        if (!isIdle())
            m_changed.wait(lock, stop, [&] { return hasNews() || isIdle(); });
        else if (now() < m_idleTime)
            m_changed.wait_until(lock, stop, m_idleTime, [&] { return hasNews() || !isIdle(); });
        else
            return;
    }
}

Status LiveSpeech::showIdle(const Desk& desk, std::int64_t number)
{
    const auto frame = desk.avatar->frames()->frame(desk.loop.frameAt(number));
    if (!frame)
        return failure(frame);
    auto picture = newPicture(desk, number);
    (*frame)->picture.copyTo(pixelsOf(*picture));
    {
        std::lock_guard lock(m_mutex);
        noteShown(desk, number, std::max(m_idleTime, now() - desk.period)); // keeps the pace of the loop
    }
    m_events.picture(std::move(picture));
    return {};
}

Status LiveSpeech::showSpeech(const Desk& desk, const Returned& returned, const std::stop_token& stop)
{
    const auto& [frame, sent] = returned;
    const auto isForgotten = [&] { return sent.interruption != m_interruption; }; // needs the lock of m_mutex
    {
        std::lock_guard lock(m_mutex);
        if (isForgotten())
            return {};
    }
    if (frame.result.outcome == scheduling::JobOutcome::Failed)
        return tl::unexpected(frame.result.error);
    if (frame.result.outcome != scheduling::JobOutcome::Done)
        return wasStopped();
    auto picture = newPicture(desk, frame.number);
    auto pixels = pixelsOf(*picture);
    if (auto pasted = desk.compositor->paste(*frame.templateFrame, frame.mouth(), pixels); !pasted)
        return pasted;
    {
        Lock lock(m_mutex);
        if (m_options.idles)
            m_changed.wait_until(lock, stop, sent.due, isForgotten);
        if (isForgotten() || stop.stop_requested())
            return {};
        noteShown(desk, frame.number, now());
        remember(m_delaysMs, milliseconds(now() - sent.arrival));
        ++m_computed;
    }
    const TimePoint shownAt = now();
    m_events.picture(std::move(picture));
    m_service.recordDelivery(frame.result, shownAt);
    {
        std::lock_guard lock(m_mutex);
        if (!isForgotten())
            --m_inFlight;
    }
    m_changed.notify_all();
    return {};
}

/// The next frame of the idle loop is due a frame after `time`. Needs the lock of m_mutex.
void LiveSpeech::noteShown(const Desk& desk, std::int64_t number, TimePoint time)
{
    m_lastShown = number;
    m_idleTime = time + desk.period;
    remember(m_shown, now());
}

std::shared_ptr<Picture> LiveSpeech::newPicture(const Desk& desk, std::int64_t number)
{
    const auto& manifest = desk.avatar->package().manifest();
    auto picture = std::make_shared<Picture>();
    picture->frame = number;
    picture->width = manifest.frameWidth;
    picture->height = manifest.frameHeight;
    picture->bgr.resize(std::size_t{3} * picture->width * picture->height);
    return picture;
}

} // namespace lipsync

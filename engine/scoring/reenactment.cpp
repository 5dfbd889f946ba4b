// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/reenactment.h"

#include "base/thread_name.h"

#include <algorithm>
#include <cstring>

namespace lipsync::scoring {

namespace {

/// Batches a worker that may be under way: one computed, one waiting.
constexpr std::int64_t kBatchesUnderWay = 2;

class WorkerFrames final : public SpokenFrames {
public:
    WorkerFrames(session::FrameService& service, const session::OpenAvatar& avatar, session::SpeechSession& session,
                 const avatar::Compositor& compositor, FrameRange range, std::function<int(std::int64_t)> templateOf)
        : m_service(service)
        , m_avatar(avatar)
        , m_session(session)
        , m_compositor(compositor)
        , m_templateOf(std::move(templateOf))
        , m_next(range.first)
        , m_end(range.first + range.count)
        , m_window(kBatchesUnderWay * service.plan().workerCount() * service.plan().largestBatch())
        , m_done(static_cast<std::size_t>(m_window))
        , m_stream(service.pool(), avatar.model(), {scheduling::JobClass::Bulk, false, {}},
                   [this](session::StreamedFrame frame) { m_done.push(std::move(frame)); })
    {
    }

    ~WorkerFrames() override { m_done.cancel(); }

    Result<std::optional<SpokenFrame>> next(const std::stop_token& stop) override
    {
        if (auto filled = fill(stop); !filled)
            return failure(filled);
        if (m_underWay == 0)
            return std::nullopt;
        const std::stop_callback interrupted(stop, [this] { m_done.cancel(); });
        auto frame = m_done.pop();
        if (!frame || stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        --m_underWay;
        if (frame->result.outcome == scheduling::JobOutcome::Failed)
            return tl::unexpected(frame->result.error);
        if (frame->result.outcome != scheduling::JobOutcome::Done)
            return failure(ErrorCode::Internal, "A frame was given up while it was computed");
        SpokenFrame spoken{frame->number, frame->templateFrame, {}, {}};
        if (auto pasted = m_compositor.paste(*frame->templateFrame, frame->mouth(), spoken.picture); !pasted)
            return failure(pasted);
        m_service.recordDelivery(frame->result, SteadyClock().now());
        return spoken;
    }

private:
    /// Submits as many frames as may be under way.
    Status fill(const std::stop_token& stop)
    {
        using Reason = scheduling::Refusal::Reason;
        while (m_next < m_end && m_underWay < m_window) {
            auto frame = m_session.frame(m_next, stop);
            if (!frame)
                return failure(frame);
            auto picture = m_avatar.frames()->frame(m_templateOf(m_next));
            if (!picture)
                return failure(picture);
            frame->templateFrame = std::move(*picture);
            if (const auto accepted = m_stream.submit(std::move(*frame)); !accepted) {
                const auto reason = accepted.error().reason;
                if (m_underWay > 0 && (reason == Reason::QueueFull || reason == Reason::WaitTooLong))
                    return {}; // there is room when one of those has come back
                m_service.recordRefusal();
                return failure(ErrorCode::Resource, accepted.error().text());
            }
            ++m_next;
            ++m_underWay;
        }
        return {};
    }

    session::FrameService& m_service;
    const session::OpenAvatar& m_avatar;
    session::SpeechSession& m_session;
    const avatar::Compositor& m_compositor;
    const std::function<int(std::int64_t)> m_templateOf;
    std::int64_t m_next;
    const std::int64_t m_end;
    const std::int64_t m_window;
    std::int64_t m_underWay = 0;
    BoundedQueue<session::StreamedFrame> m_done; ///< has room for the window, so that the workers never wait
    session::FrameStream m_stream; ///< last: it fills the queue
};

/// What the network is shown of a frame under another frame's mouth: the resized crop with its border.
cv::Mat cropWithMouth(const avatar::TemplateFrame& frame, const avatar::TemplateFrame& other,
                      const nn::NetworkProfile& profile)
{
    auto crop = frame.crop.clone();
    const auto [x, y, width, height] = profile.mask;
    const cv::Rect mask(x + profile.cropBorder, y + profile.cropBorder, width, height);
    other.crop(mask).copyTo(crop(mask));
    return crop;
}

class ForeignMouthFrames final : public SpokenFrames {
public:
    ForeignMouthFrames(const session::OpenAvatar& avatar, session::SpeechSession& session,
                       const avatar::Compositor& compositor, FrameRange range, std::function<int(std::int64_t)> mouthOf,
                       std::unique_ptr<nn::Generator> generator)
        : m_avatar(avatar)
        , m_session(session)
        , m_compositor(compositor)
        , m_mouthOf(std::move(mouthOf))
        , m_generator(std::move(generator))
        , m_profile(m_generator->spec().profile())
        , m_next(range.first)
        , m_end(range.first + range.count)
        , m_shown(m_generator->spec().pictureBytes())
        , m_made(m_shown.size())
    {
    }

    Result<std::optional<SpokenFrame>> next(const std::stop_token& stop) override
    {
        if (m_next >= m_end)
            return std::nullopt;
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        const auto heard = m_session.frame(m_next, stop);
        if (!heard)
            return failure(heard);
        auto frame = m_avatar.frames()->frame(static_cast<int>(m_next));
        if (!frame)
            return failure(frame);
        const auto other = m_avatar.frames()->frame(m_mouthOf(m_next));
        if (!other)
            return failure(other);
        SpokenFrame spoken{m_next++, std::move(*frame), {}, {}};
        const auto crop = cropWithMouth(*spoken.templateFrame, **other, m_profile);
        copyInside(crop);
        if (auto ran = m_generator->run(m_shown, heard->window, 1, m_made); !ran)
            return failure(ran);
        if (auto pasted = m_compositor.paste(*spoken.templateFrame, m_made, spoken.picture); !pasted)
            return failure(pasted);
        if (auto pasted = m_compositor.paste(*spoken.templateFrame, m_shown, spoken.before); !pasted)
            return failure(pasted);
        return spoken;
    }

private:
    void copyInside(const cv::Mat& crop)
    {
        const int border = m_profile.cropBorder, size = m_profile.pictureSize;
        const cv::Mat shown(size, size, CV_8UC3, m_shown.data());
        crop(cv::Rect(border, border, size, size)).copyTo(shown);
    }

    const session::OpenAvatar& m_avatar;
    session::SpeechSession& m_session;
    const avatar::Compositor& m_compositor;
    const std::function<int(std::int64_t)> m_mouthOf;
    const std::unique_ptr<nn::Generator> m_generator;
    const nn::NetworkProfile m_profile;
    std::int64_t m_next;
    const std::int64_t m_end;
    std::vector<std::uint8_t> m_shown, m_made; ///< one picture each
};

} // namespace

Result<std::unique_ptr<SpokenVoice>> SpokenVoice::create(const session::OpenAvatar& avatar,
                                                         std::optional<NpyArray> features)
{
    auto session = session::SpeechSession::create(avatar.frames(), 1, std::move(features));
    if (!session)
        return failure(session);
    std::unique_ptr<SpokenVoice> voice(new SpokenVoice);
    voice->m_session = std::move(*session);
    return voice;
}

void SpokenVoice::listen(std::vector<float> speech16k)
{
    m_speech = std::move(speech16k);
    m_thread = std::jthread([this](const std::stop_token& ended) {
        setThreadName("voice");
        session::pushWhole(*m_session, m_speech, ended);
    });
}

SpokenVoice::~SpokenVoice() = default;

std::unique_ptr<SpokenFrames> framesOfWorkers(session::FrameService& service, const session::OpenAvatar& avatar,
                                              session::SpeechSession& session, const avatar::Compositor& compositor,
                                              FrameRange range, std::function<int(std::int64_t)> templateOf)
{
    return std::make_unique<WorkerFrames>(service, avatar, session, compositor, range, std::move(templateOf));
}

Result<std::unique_ptr<SpokenFrames>> framesWithForeignMouth(const session::OpenAvatar& avatar,
                                                             session::SpeechSession& session,
                                                             const avatar::Compositor& compositor, FrameRange range,
                                                             std::function<int(std::int64_t)> mouthOf,
                                                             const nn::RunOptions& options)
{
    auto generator =
        nn::Generator::load(avatar.package().generatorFile(), avatar.package().manifest().network, options);
    if (!generator)
        return failure(generator);
    return std::make_unique<ForeignMouthFrames>(avatar, session, compositor, range, std::move(mouthOf),
                                                std::move(*generator));
}

} // namespace lipsync::scoring

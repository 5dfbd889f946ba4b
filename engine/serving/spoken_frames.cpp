// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/spoken_frames.h"

#include "serving/picture_bytes.h"

#include <utility>

namespace lipsync::serving {

Answer<std::shared_ptr<SpokenFrames>> SpokenFrames::open(session::FrameService& service, std::shared_ptr<Strand> strand,
                                                         std::shared_ptr<const ServedAvatar> avatar,
                                                         const SpokenOptions& options, Events events)
{
    const auto mode = avatar->manifest().network.mode;
    if (mode == nn::AudioMode::Hubert || mode == nn::AudioMode::Wenet)
        return fault(
            FaultKind::BadRequest,
            fmt::format("The avatar '{}' listens to features that cannot be computed from sound here.", avatar->name));
    std::shared_ptr<SpokenFrames> frames(new SpokenFrames(std::move(strand), avatar, options, std::move(events)));
    if (options.format == FrameFormat::H264) {
        const auto& manifest = avatar->manifest();
        auto video = media::LiveVideoEncoder::create({.width = frames->m_size.width,
                                                      .height = frames->m_size.height,
                                                      .frameRateNumerator = manifest.frameRateNumerator,
                                                      .frameRateDenominator = manifest.frameRateDenominator});
        if (!video)
            return tl::unexpected(faultOf(video.error()));
        frames->m_video = std::move(*video);
    }
    frames->m_stream = std::make_unique<MouthStream>(service, std::move(avatar), options.mouths,
                                                     [weak = std::weak_ptr(frames)](MouthAnswer answer) {
                                                         const auto self = weak.lock();
                                                         if (!self)
                                                             return;
                                                         auto kept = std::make_shared<MouthAnswer>(std::move(answer));
                                                         self->m_strand->post([self, kept] { self->answered(*kept); });
                                                     });
    return frames; // what hears is made with the first sound: many sessions are refused before
}

SpokenFrames::SpokenFrames(std::shared_ptr<Strand> strand, std::shared_ptr<const ServedAvatar> avatar,
                           const SpokenOptions& options, Events events)
    : m_strand(std::move(strand))
    , m_avatar(std::move(avatar))
    , m_options(options)
    , m_events(std::move(events))
    , m_compositor(m_avatar->manifest().network, m_avatar->manifest().cropResize, avatar::PasteMode::Feathered)
{
    const auto& manifest = m_avatar->manifest();
    const int mouth = manifest.network.pictureSize();
    m_size = options.mouthOnly ? cv::Size(mouth, mouth) : cv::Size(manifest.frameWidth, manifest.frameHeight);
}

/// Begins an utterance.
Answer<void> SpokenFrames::begin()
{
    // Somebody waits for each frame: windows of sound are encoded one by one.
    auto speech = session::SpeechSession::create(m_avatar->avatar->frames(), 1, {}, 1);
    if (!speech)
        return tl::unexpected(faultOf(speech.error()));
    m_speech = std::move(*speech);
    m_nextFrame = 0;
    return {};
}

void SpokenFrames::push(std::span<const float> samples)
{
    if (m_isOver || m_isFinished)
        return;
    if (!m_speech) {
        if (auto begun = begin(); !begun)
            return fail(begun.error());
    }
    if (auto pushed = m_speech->push(samples); !pushed)
        return fail(faultOf(pushed.error()));
    pump();
}

void SpokenFrames::finish()
{
    if (m_isOver || std::exchange(m_isFinished, true))
        return;
    if (m_speech && !m_isOver) {
        if (auto finished = m_speech->finish(); !finished)
            return fail(faultOf(finished.error()));
    }
    pump();
}

void SpokenFrames::interrupt(std::int64_t lastShown)
{
    if (m_isOver)
        return;
    m_stream->cancel();
    m_underWay.clear(); // they come back as cancelled, and nobody hears of them or waits for their room
    m_speech = nullptr;
    m_nextFrame = 0;
    m_shownBefore = lastShown;
    m_isCaughtUp = true;
    m_isKeyFrameDue = true;
    endIfComplete();
}

void SpokenFrames::close()
{
    m_isOver = true;
    m_stream->cancel();
    m_events = {};
}

void SpokenFrames::pump()
{
    if (m_isOver)
        return;
    m_isCaughtUp = true;
    while (m_speech && m_speech->isReady(m_nextFrame)) {
        if (m_underWay.size() >= m_options.mostUnderWay) {
            m_isCaughtUp = false;
            return;
        }
        if (auto submitted = submit(m_nextFrame); !submitted)
            return fail(submitted.error());
        ++m_nextFrame;
    }
    endIfComplete();
}

Answer<void> SpokenFrames::submit(std::int64_t inUtterance)
{
    auto frame = m_speech->frame(inUtterance, m_shownBefore + inUtterance, {});
    if (!frame)
        return tl::unexpected(faultOf(frame.error()));
    const auto job = m_nextJob++;
    m_underWay[job] = {inUtterance, frame->templateFrame};
    auto submitted = m_stream->submit({job, frame->templateFrame->index, std::move(frame->window)}, {});
    if (!submitted)
        m_underWay.erase(job);
    return submitted;
}

void SpokenFrames::answered(const MouthAnswer& answer)
{
    auto node = m_underWay.extract(answer.number());
    if (m_isOver || node.empty())
        return;
    if (answer.fault)
        return fail(*answer.fault);
    auto frame = make(answer, node.mapped());
    if (!frame)
        return fail(frame.error());
    m_stream->delivered(answer, SteadyClock().now());
    m_events.frame(std::move(*frame));
    pump();
}

Answer<SpokenFrame> SpokenFrames::make(const MouthAnswer& answer, const UnderWay& sent)
{
    const SteadyClock clock;
    const auto began = clock.now();
    SpokenFrame frame;
    frame.inUtterance = sent.inUtterance;
    frame.templateFrame = sent.templateFrame->index;
    const auto bounds = mouthBounds(*m_avatar, frame.templateFrame);
    for (std::size_t i = 0; i < bounds.size(); ++i)
        frame.bounds[i] = static_cast<int>(bounds[i] + 0.5F);
    const auto mouth = answer.picture();
    if (m_options.mouthOnly) {
        // OpenCV takes no const memory, and only reads it.
        cv::Mat(m_size.height, m_size.width, CV_8UC3, const_cast<std::uint8_t*>(mouth.data())).copyTo(m_picture);
    } else if (auto pasted = m_compositor.paste(*sent.templateFrame, mouth, m_picture); !pasted) {
        return tl::unexpected(faultOf(pasted.error()));
    }
    auto bytes = encode(m_picture, frame.isKeyFrame);
    if (!bytes)
        return tl::unexpected(bytes.error());
    frame.bytes = std::move(*bytes);
    frame.queued = answer.queued();
    frame.computed = answer.computed();
    frame.encoded = clock.now() - began;
    return frame;
}

Answer<std::string> SpokenFrames::encode(const cv::Mat& picture, bool& isKeyFrame)
{
    const std::span<const std::uint8_t> bytes(picture.data, picture.total() * picture.elemSize());
    switch (m_options.format) {
    case FrameFormat::Jpeg:
        return jpegOf(bytes, picture.cols, picture.rows, m_options.jpegQuality);
    case FrameFormat::Raw:
        return std::string(bytes.begin(), bytes.end());
    case FrameFormat::H264:
        break;
    }
    auto unit = m_video->encode(picture, std::exchange(m_isKeyFrameDue, false));
    if (!unit)
        return tl::unexpected(faultOf(unit.error()));
    isKeyFrame = unit->isKeyFrame;
    return std::move(unit->bytes);
}

void SpokenFrames::fail(const Fault& fault)
{
    if (std::exchange(m_isOver, true))
        return;
    m_stream->cancel();
    const auto failed = std::move(m_events.failed);
    m_events = {};
    if (failed)
        failed(fault);
}

void SpokenFrames::endIfComplete()
{
    if (m_isOver || !m_isFinished || !m_isCaughtUp || !m_underWay.empty())
        return;
    m_isOver = true;
    const auto finished = std::move(m_events.finished);
    m_events = {};
    if (finished)
        finished();
}

} // namespace lipsync::serving

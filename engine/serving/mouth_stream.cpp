// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/mouth_stream.h"

#include <algorithm>
#include <chrono>

namespace lipsync::serving {

namespace {

Answer<void> provideCrop(const ServedAvatar& avatar, std::int64_t templateFrame)
{
    if (templateFrame < 0 || templateFrame >= avatar.frameCount())
        return fault(FaultKind::BadRequest,
                     fmt::format("The avatar '{}' has the frames 0 to {}, not {}.", avatar.name,
                                 avatar.frameCount() - 1, templateFrame));
    const auto& frames = avatar.avatar->frames();
    const int index = static_cast<int>(templateFrame);
    if (frames->crops()->isWritten(index))
        return {};
    if (const auto frame = frames->frame(index); !frame)
        return tl::unexpected(faultOf(frame.error()));
    return {};
}

void countBatch(FrameCounters& counters, const scheduling::JobResult& result)
{
    if (result.batchSize < 1 || result.batchSize > static_cast<int>(counters.batches.size()))
        return;
    auto& batches = counters.batches[static_cast<std::size_t>(result.batchSize - 1)];
    const auto add = [](std::atomic<std::uint64_t>& to, Duration time) {
        to.fetch_add(static_cast<std::uint64_t>(std::max(time, Duration::zero()).count()), std::memory_order_relaxed);
    };
    add(batches.input, result.times.input);
    add(batches.infer, result.times.infer);
    add(batches.output, result.times.output);
    batches.frames.fetch_add(1, std::memory_order_relaxed);
}

std::int64_t millisecondsSince1970()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

} // namespace

Answer<MouthWish> ownMouth(const ServedAvatar& avatar, std::int64_t number, std::int64_t templateFrame)
{
    if (auto provided = provideCrop(avatar, templateFrame); !provided)
        return tl::unexpected(provided.error());
    if (!avatar.sound)
        return fault(FaultKind::BadRequest,
                     fmt::format("The avatar '{}' has neither features nor a sound of its own: send sound with the "
                                 "call.",
                                 avatar.name));
    return MouthWish{number, static_cast<int>(templateFrame), avatar.sound->window(templateFrame)};
}

Answer<MouthWish> heardMouth(const ServedAvatar& avatar, std::int64_t number, std::int64_t templateFrame,
                             std::vector<float> window)
{
    if (auto provided = provideCrop(avatar, templateFrame); !provided)
        return tl::unexpected(provided.error());
    const auto wanted = avatar.manifest().network.audioElements();
    if (window.size() != wanted)
        return fault(
            FaultKind::BadRequest,
            fmt::format("The avatar '{}' hears {} numbers a frame, not {}.", avatar.name, wanted, window.size()));
    return MouthWish{number, static_cast<int>(templateFrame), std::move(window)};
}

MouthStream::MouthStream(session::FrameService& service, std::shared_ptr<const ServedAvatar> avatar,
                         const MouthOptions& options, std::function<void(MouthAnswer)> receive)
    : m_service(service)
    , m_avatar(std::move(avatar))
    , m_options(options)
    , m_receive(std::move(receive))
    , m_stream(service.pool().openStream({options.jobClass, false, {}}, [this](scheduling::JobResult result) {
        count(result);
        MouthAnswer answer;
        if (result.outcome != scheduling::JobOutcome::Done)
            answer.fault = faultOf(result);
        answer.result = std::move(result);
        m_receive(std::move(answer));
    }))
{
}

Answer<void> MouthStream::submit(MouthWish wish, std::optional<TimePoint> deadline)
{
    auto& pool = m_service.pool();
    const auto model = m_avatar->avatar->model();
    const auto wait = deadline ? std::nullopt : pool.predictedWait(model, m_options.jobClass);
    if (wait && *wait > m_options.longestWait) {
        m_service.recordRefusal();
        return tl::unexpected(faultOf(scheduling::Refusal{scheduling::Refusal::Reason::WaitTooLong, *wait}));
    }
    auto content = std::make_shared<inference::MouthContent>();
    content->templateFrame = wish.templateFrame;
    content->window = std::move(wish.window);
    scheduling::FrameJob job;
    job.sequence = wish.number;
    job.model = model;
    job.deadline = deadline;
    job.bytes = content->window.bytes();
    job.content = std::move(content);
    const auto accepted = m_stream->submit(std::move(job));
    if (accepted)
        return {};
    m_service.recordRefusal();
    return tl::unexpected(faultOf(accepted.error()));
}

void MouthStream::delivered(const MouthAnswer& answer, TimePoint encoded)
{
    m_service.recordDelivery(answer.result, encoded);
}

void MouthStream::count(const scheduling::JobResult& result) const
{
    auto& counters = m_avatar->counters;
    if (result.outcome == scheduling::JobOutcome::Cancelled) {
        counters.cancelled.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    const auto took = result.finished - result.submitted;
    if (result.outcome != scheduling::JobOutcome::Done)
        return counters.failed.add(took);
    counters.succeeded.add(took);
    counters.queue.add(result.started - result.submitted);
    counters.input.add(result.times.input);
    counters.infer.add(result.times.infer);
    counters.output.add(result.times.output);
    counters.compute.record(took);
    countBatch(counters, result);
    counters.lastFrame.store(millisecondsSince1970(), std::memory_order_relaxed);
}

} // namespace lipsync::serving

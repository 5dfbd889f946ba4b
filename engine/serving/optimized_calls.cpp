// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/optimized_calls.h"

#include "serving/audio_chunks.h"
#include "serving/picture_bytes.h"

#include <algorithm>

namespace lipsync::serving {

namespace {

/// Avatars that one stream asks for at a time.
constexpr std::size_t kMostStreamedAvatars = 8;

TimePoint now()
{
    return SteadyClock().now();
}

std::int32_t wholeMilliseconds(Duration duration)
{
    return static_cast<std::int32_t>(std::chrono::round<std::chrono::milliseconds>(duration).count());
}

Answer<std::string> jpegOfMouth(const MouthAnswer& answer, const ServedAvatar& avatar)
{
    const int size = avatar.manifest().network.pictureSize();
    return jpegOf(answer.picture(), size, size);
}

} // namespace

bool isOfFrame(const Fault& fault)
{
    return fault.kind == FaultKind::BadRequest || fault.kind == FaultKind::NotFound || fault.kind == FaultKind::Failed;
}

void writeMouth(const MouthAnswer& answer, const ServedAvatar& avatar, std::string jpeg, TimePoint began,
                TimePoint prepared, const std::vector<std::string>& optimizations,
                optimized_lipsyncsrv::OptimizedInferenceResponse& response)
{
    const auto ended = now();
    const int frame = static_cast<int>(response.frame_id());
    const int size = avatar.manifest().network.pictureSize();
    response.set_success(true);
    response.set_prediction_data(std::move(jpeg));
    for (const float bound : mouthBounds(avatar, frame))
        response.add_bounds(bound);
    response.set_processing_time_ms(wholeMilliseconds(ended - began));
    response.set_model_name(avatar.name);
    response.set_prediction_shape(fmt::format("({}, {}, 3)", size, size));
    response.set_prepare_time_ms(milliseconds(prepared - began));
    response.set_inference_time_ms(milliseconds(answer.result.finished - answer.result.submitted));
    response.set_composite_time_ms(milliseconds(ended - answer.result.finished));
    response.mutable_optimizations()->Add(optimizations.begin(), optimizations.end());
}

void writeFault(const Fault& fault, const std::string& model, std::int64_t frame,
                optimized_lipsyncsrv::OptimizedInferenceResponse& response)
{
    response.Clear();
    response.set_success(false);
    response.set_model_name(model);
    response.set_frame_id(static_cast<std::int32_t>(frame));
    response.set_error(fault.sentence);
}

FramesCall::FramesCall(const ServingParts& parts, grpc::CallbackServerContext& context,
                       std::shared_ptr<CallTicket> ticket, Order order)
    : PendingCall(parts, context, std::move(ticket))
    , m_order(std::move(order))
{
    this->ticket().record().avatar = m_order.model;
}

void FramesCall::work()
{
    m_optimizations = optimizationsOf(parts().service.plan());
    for (std::size_t i = 0; i < m_order.frames.size(); ++i)
        m_order.responses[i]->set_frame_id(m_order.frames[i]);
    auto wishes = prepare();
    m_prepared = now();
    ticket().record().prepareMs = milliseconds(m_prepared - ticket().began());
    if (!wishes) {
        for (std::size_t i = 0; i < m_order.frames.size(); ++i)
            refused(static_cast<std::int64_t>(i), wishes.error());
        return complete();
    }
    const auto self = std::static_pointer_cast<FramesCall>(shared_from_this());
    m_batch = MouthBatch::create(parts().service, strand(), m_avatar,
                                 {scheduling::JobClass::Live, parts().limits.longestWait},
                                 {[self](const MouthAnswer& answer) { self->answered(answer); },
                                  [self](std::int64_t number, Fault fault) { self->refused(number, std::move(fault)); },
                                  [self] { self->complete(); }});
    m_batch->run(std::move(*wishes), deadline());
}

/// The wishes of all frames that can be asked for; the others are refused here. A fault is one of the whole call.
Answer<std::vector<MouthWish>> FramesCall::prepare()
{
    auto avatar = parts().shelf.find(m_order.model);
    if (!avatar)
        return tl::unexpected(avatar.error());
    m_avatar = std::move(*avatar);
    std::vector<std::vector<float>> windows;
    if (m_order.audio) {
        const auto& chunks = m_order.audio->audio_chunks();
        const auto wanted = static_cast<std::size_t>(m_order.audio->frame_count()) + kChunksBefore + kChunksAfter;
        if (static_cast<std::size_t>(chunks.size()) != wanted)
            return fault(FaultKind::BadRequest,
                         fmt::format("{} frames need {} chunks of sound, 8 before and 7 after, not {}.",
                                     m_order.audio->frame_count(), wanted, chunks.size()));
        const std::vector<std::string> bytes(chunks.begin(), chunks.end());
        const auto samples = joinChunks(bytes);
        if (!samples)
            return tl::unexpected(samples.error());
        auto heard = windowsOf(*m_avatar, *samples, m_order.audio->frame_count());
        if (!heard)
            return tl::unexpected(heard.error());
        windows = std::move(*heard);
    }
    std::vector<MouthWish> wishes;
    for (std::size_t i = 0; i < m_order.frames.size(); ++i) {
        if (context().IsCancelled())
            return fault(FaultKind::Cancelled, "The caller went away.");
        const auto number = static_cast<std::int64_t>(i);
        auto wish = m_order.audio ? heardMouth(*m_avatar, number, m_order.frames[i], std::move(windows[i]))
                                  : ownMouth(*m_avatar, number, m_order.frames[i]);
        if (wish)
            wishes.push_back(std::move(*wish));
        else
            refused(number, wish.error());
    }
    return wishes;
}

void FramesCall::cancelled()
{
    if (m_batch)
        m_batch->cancel();
}

void FramesCall::answered(const MouthAnswer& answer)
{
    if (answer.fault)
        return refused(answer.number(), *answer.fault);
    const auto from = now();
    auto jpeg = jpegOfMouth(answer, *m_avatar);
    if (!jpeg)
        return refused(answer.number(), jpeg.error());
    auto& response = *m_order.responses[static_cast<std::size_t>(answer.number())];
    writeMouth(answer, *m_avatar, std::move(*jpeg), ticket().began(), m_prepared, m_optimizations, response);
    const auto encoded = now();
    m_batch->delivered(answer, encoded);
    ++m_made;
    auto& record = ticket().record();
    ++record.frames;
    record.bytesOut += response.prediction_data().size();
    record.queueMs += milliseconds(answer.queued());
    record.computeMs += milliseconds(answer.computed());
    record.encodeMs += milliseconds(encoded - from);
}

void FramesCall::refused(std::int64_t number, Fault fault)
{
    const auto i = static_cast<std::size_t>(number);
    if (!isOfFrame(fault) && !m_callFault)
        m_callFault = fault;
    writeFault(fault, m_order.model, m_order.frames[i], *m_order.responses[i]);
}

void FramesCall::complete()
{
    m_batch = nullptr;
    if (m_made == 0 && m_callFault)
        return finish(tl::unexpected(*m_callFault));
    if (m_order.batch) {
        const auto took = now() - ticket().began();
        m_order.batch->set_total_processing_time_ms(wholeMilliseconds(took));
        if (!m_order.frames.empty())
            m_order.batch->set_avg_frame_time_ms(milliseconds(took) / static_cast<double>(m_order.frames.size()));
    }
    finish();
}

bool FrameStreamCall::hasRoom() const
{
    return m_slots.size() + unwritten() < static_cast<std::size_t>(parts().limits.mostStreamed);
}

void FrameStreamCall::received(Request request)
{
    const auto number = m_next++;
    auto& slot = m_slots[number];
    slot.began = now();
    slot.response.set_frame_id(request.frame_id());
    ticket().record().avatar = request.model_name();
    ticket().record().bytesIn += request.ByteSizeLong();
    if (auto submitted = submit(request, number); !submitted) {
        writeFault(submitted.error(), request.model_name(), request.frame_id(), slot.response);
        slot.isDone = true;
        settle();
    }
    if (hasRoom() && !isDraining())
        readMore();
}

Answer<void> FrameStreamCall::submit(const Request& request, std::int64_t number)
{
    auto avatar = parts().shelf.find(request.model_name());
    if (!avatar)
        return tl::unexpected(avatar.error());
    auto& slot = m_slots[number];
    slot.avatar = *avatar;
    auto wish = ownMouth(**avatar, number, request.frame_id());
    if (!wish)
        return tl::unexpected(wish.error());
    slot.prepared = now();
    auto stream = streamOf(*avatar);
    if (!stream)
        return tl::unexpected(stream.error());
    return (*stream)->submit(std::move(*wish), deadline());
}

Answer<std::shared_ptr<MouthStream>> FrameStreamCall::streamOf(const std::shared_ptr<const ServedAvatar>& avatar)
{
    if (const auto known = m_streams.find(avatar.get()); known != m_streams.end())
        return known->second;
    if (m_streams.size() >= kMostStreamedAvatars)
        return fault(FaultKind::BadRequest,
                     fmt::format("A stream may ask for {} avatars, and this would be one more.", kMostStreamedAvatars));
    // Answers carry the weak handle of the call: they may come when it is over.
    auto stream = std::make_shared<MouthStream>(
        parts().service, avatar, MouthOptions{scheduling::JobClass::Live, parts().limits.longestWait},
        [weak = weak_from_this(), key = avatar.get()](MouthAnswer answer) {
            const auto self = std::static_pointer_cast<FrameStreamCall>(weak.lock());
            if (!self)
                return;
            auto kept = std::make_shared<MouthAnswer>(std::move(answer));
            self->post([call = self.get(), key, kept] { call->answered(*call->m_streams.at(key), *kept); });
        });
    m_streams[avatar.get()] = stream;
    return stream;
}

void FrameStreamCall::answered(MouthStream& stream, const MouthAnswer& answer)
{
    const auto found = m_slots.find(answer.number());
    if (found == m_slots.end())
        return;
    auto& slot = found->second;
    std::optional<Fault> fault = answer.fault;
    if (!fault) {
        auto jpeg = jpegOfMouth(answer, *slot.avatar);
        if (jpeg) {
            writeMouth(answer, *slot.avatar, std::move(*jpeg), slot.began, slot.prepared,
                       optimizationsOf(parts().service.plan()), slot.response);
            stream.delivered(answer, now());
            auto& record = ticket().record();
            ++record.frames;
            record.queueMs += milliseconds(answer.queued());
            record.computeMs += milliseconds(answer.computed());
        } else {
            fault = jpeg.error();
        }
    }
    if (fault)
        writeFault(*fault, slot.avatar->name, slot.response.frame_id(), slot.response);
    slot.isDone = true;
    settle();
}

/// Sends what is done and has nothing before it.
void FrameStreamCall::settle()
{
    while (!m_slots.empty() && m_slots.begin()->second.isDone) {
        write(std::move(m_slots.begin()->second.response));
        m_slots.erase(m_slots.begin());
    }
    endIfComplete();
}

void FrameStreamCall::written()
{
    if (hasRoom() && !isDraining())
        readMore();
}

void FrameStreamCall::cancelled()
{
    for (const auto& [avatar, stream] : m_streams)
        stream->cancel();
}

void FrameStreamCall::endIfComplete()
{
    if (m_slots.empty())
        finishIfNoMoreComes();
}

} // namespace lipsync::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/infer_job.h"

#include "avatar/template_loop.h"

#include <algorithm>
#include <utility>

namespace lipsync::serving {

InferJob::InferJob(const ServingParts& parts, const SharedRegions& regions, std::shared_ptr<Strand> strand,
                   CallRecord& record)
    : m_parts(parts)
    , m_regions(regions)
    , m_strand(std::move(strand))
    , m_record(record)
    , m_began(SteadyClock().now())
{
}

void InferJob::run(const kserve::ModelInferRequest& request, std::optional<TimePoint> deadline, Done done)
{
    m_done = std::move(done);
    m_id = request.id();
    m_record.avatar = request.model_name();
    auto avatar = m_parts.shelf.find(request.model_name());
    if (!avatar)
        return end(tl::unexpected(avatar.error()));
    m_avatar = std::move(*avatar);
    if (!request.model_version().empty() && request.model_version() != kModelVersion)
        return end(fault(FaultKind::NotFound,
                         fmt::format("The avatar '{}' has the version {} alone.", m_avatar->name, kModelVersion)));
    auto order = readInferRequest(request, m_avatar->manifest().network, m_regions);
    if (!order)
        return end(tl::unexpected(order.error()));
    m_order = std::move(*order);
    if (m_order.timeout)
        deadline = std::min(deadline.value_or(TimePoint::max()), m_began + *m_order.timeout);
    auto wishes = wishesOf(m_order);
    if (!wishes)
        return end(tl::unexpected(wishes.error()));
    if (m_order.target.region.empty())
        m_pictures.reserve(m_order.frames.size() * m_avatar->manifest().network.pictureBytes());
    m_record.prepareMs += milliseconds(SteadyClock().now() - m_began);
    const auto self = shared_from_this();
    m_batch = MouthBatch::create(m_parts.service, m_strand, m_avatar, {m_order.jobClass, m_parts.limits.longestWait},
                                 {[self](const MouthAnswer& answer) { self->answered(answer); },
                                  [self](std::int64_t, const Fault& fault) { self->refused(fault); },
                                  [self] { self->complete(); }});
    m_batch->run(std::move(*wishes), deadline);
}

Answer<std::vector<MouthWish>> InferJob::wishesOf(const InferOrder& order) const
{
    const auto& manifest = m_avatar->manifest();
    const avatar::TemplateLoop loop(manifest.loop, manifest.frameCount, manifest.startFrame);
    const auto isThere = [&](std::int64_t frame) { return frame >= 0 && frame < manifest.frameCount; };
    if (order.areTemplateFrames && !std::ranges::all_of(order.frames, isThere))
        return fault(FaultKind::BadRequest,
                     fmt::format("The template frames of this avatar are 0 to {}.", manifest.frameCount - 1));
    std::vector<MouthWish> wishes;
    for (std::size_t i = 0; i < order.frames.size(); ++i) {
        const auto number = static_cast<std::int64_t>(i);
        const int frame = order.areTemplateFrames ? static_cast<int>(order.frames[i]) : loop.frameAt(order.frames[i]);
        auto wish = order.windows.empty() ? ownMouth(*m_avatar, number, frame)
                                          : heardMouth(*m_avatar, number, frame, order.windows[i]);
        if (!wish)
            return tl::unexpected(wish.error());
        wishes.push_back(std::move(*wish));
    }
    return wishes;
}

void InferJob::cancel()
{
    if (m_batch)
        m_batch->cancel();
}

void InferJob::answered(const MouthAnswer& answer)
{
    if (answer.fault)
        return refused(*answer.fault);
    if (m_fault)
        return; // nothing more is written
    if (auto kept = keep(answer.picture()); !kept)
        return refused(kept.error());
    m_batch->delivered(answer, SteadyClock().now());
    ++m_record.frames;
    m_record.queueMs += milliseconds(answer.queued());
    m_record.computeMs += milliseconds(answer.computed());
}

Answer<void> InferJob::keep(std::span<const std::uint8_t> picture)
{
    // They come in the order of the wishes; one that is refused fails the request.
    const auto& target = m_order.target;
    if (target.region.empty()) {
        m_pictures.append(reinterpret_cast<const char*>(picture.data()), picture.size());
        return {};
    }
    const auto at = target.regionOffset + std::exchange(m_written, m_written + picture.size());
    return m_regions.write(target.region, at, picture);
}

void InferJob::refused(const Fault& fault)
{
    if (m_fault)
        return;
    m_fault = fault;
    if (m_batch)
        m_batch->cancel(); // a part of it is of no use
}

void InferJob::complete()
{
    m_batch = nullptr;
    if (m_fault)
        return end(tl::unexpected(*m_fault));
    kserve::ModelInferResponse response;
    response.set_model_name(m_avatar->name);
    response.set_model_version(kModelVersion);
    response.set_id(m_id);
    if (m_order.wantsFinalMark)
        (*response.mutable_parameters())["triton_final_response"].set_bool_param(true);
    writePictures(std::move(m_pictures), static_cast<int>(m_order.frames.size()),
                  m_avatar->manifest().network.pictureSize(), m_order.target, response);
    end(std::move(response));
}

void InferJob::end(Answer<kserve::ModelInferResponse> answer)
{
    if (m_avatar) {
        auto& counters = m_avatar->counters;
        auto& requests = answer                           ? counters.requestsSucceeded
            : answer.error().kind == FaultKind::Cancelled ? counters.requestsCancelled
                                                          : counters.requestsFailed;
        requests.add(SteadyClock().now() - m_began);
    }
    const auto done = std::exchange(m_done, {});
    if (done)
        done(std::move(answer));
}

} // namespace lipsync::serving

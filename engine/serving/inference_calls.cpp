// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/inference_calls.h"

namespace lipsync::serving {

InferCall::InferCall(const ServingParts& parts, grpc::CallbackServerContext& context,
                     std::shared_ptr<CallTicket> ticket, const SharedRegions& regions,
                     const kserve::ModelInferRequest& request, kserve::ModelInferResponse& response)
    : PendingCall(parts, context, std::move(ticket))
    , m_request(request)
    , m_response(response)
    , m_job(std::make_shared<InferJob>(parts, regions, strand(), this->ticket().record()))
{
}

void InferCall::work()
{
    const auto self = std::static_pointer_cast<InferCall>(shared_from_this());
    m_job->run(m_request, deadline(), [self](Answer<kserve::ModelInferResponse> answer) {
        if (!answer)
            return self->finish(tl::unexpected(answer.error()));
        self->m_response = std::move(*answer);
        self->ticket().record().bytesOut = self->m_response.ByteSizeLong();
        self->finish();
    });
}

void InferStreamCall::received(kserve::ModelInferRequest request)
{
    const auto number = m_next++;
    ticket().record().bytesIn += request.ByteSizeLong();
    const auto job = std::make_shared<InferJob>(parts(), m_regions, strand(), ticket().record());
    m_jobs[number] = job;
    // What the job holds on to, holds on to the call: until it is done.
    const auto self = std::static_pointer_cast<InferStreamCall>(shared_from_this());
    job->run(request, deadline(), [self, number, id = request.id()](Answer<kserve::ModelInferResponse> answer) {
        kserve::ModelStreamInferResponse response;
        if (answer) {
            *response.mutable_infer_response() = std::move(*answer);
        } else {
            response.set_error_message(answer.error().sentence);
            response.mutable_infer_response()->set_id(id);
        }
        self->m_jobs.erase(number);
        self->write(std::move(response));
        self->endIfComplete();
    });
    readIfRoom();
}

void InferStreamCall::readIfRoom()
{
    if (!isDraining() && m_jobs.size() + unwritten() < static_cast<std::size_t>(parts().limits.mostStreamed))
        readMore();
}

void InferStreamCall::cancelled()
{
    for (const auto& [number, job] : m_jobs)
        job->cancel();
}

void InferStreamCall::endIfComplete()
{
    if (m_jobs.empty())
        finishIfNoMoreComes();
}

} // namespace lipsync::serving

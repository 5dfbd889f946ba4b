// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/infer_job.h"
#include "serving/pending_call.h"
#include "serving/pending_stream.h"

#include <cstdint>
#include <map>
#include <memory>

namespace lipsync::serving {

/// ModelInfer.
class InferCall final : public PendingCall {
public:
    InferCall(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket,
              const SharedRegions& regions, const kserve::ModelInferRequest& request,
              kserve::ModelInferResponse& response);

private:
    void work() override;
    void cancelled() override { m_job->cancel(); }

    const kserve::ModelInferRequest& m_request;
    kserve::ModelInferResponse& m_response;
    std::shared_ptr<InferJob> m_job;
};

/// ModelStreamInfer: requests are answered as they are done, which need not be their order; `id` tells which is which.
class InferStreamCall final : public PendingStream<kserve::ModelInferRequest, kserve::ModelStreamInferResponse> {
public:
    InferStreamCall(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket,
                    const SharedRegions& regions)
        : PendingStream(parts, context, std::move(ticket))
        , m_regions(regions)
    {
    }

private:
    void received(kserve::ModelInferRequest request) override;
    void inputEnded() override { endIfComplete(); }
    void draining() override { endIfComplete(); }
    void cancelled() override;
    void written() override { readIfRoom(); }
    void readIfRoom();
    void endIfComplete();

    const SharedRegions& m_regions;
    std::map<std::uint64_t, std::shared_ptr<InferJob>> m_jobs; ///< under way
    std::uint64_t m_next = 0;
};

} // namespace lipsync::serving

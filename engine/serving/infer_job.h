// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/infer_tensors.h"
#include "serving/mouth_batch.h"
#include "serving/serving_parts.h"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace lipsync::serving {

/// One ModelInferRequest on its way, alone or of a stream: all of its frames, or a fault. Used on one strand.
class InferJob : public std::enable_shared_from_this<InferJob> {
public:
    using Done = std::function<void(Answer<kserve::ModelInferResponse>)>;

    /// `record` is noted into while the job runs.
    InferJob(const ServingParts& parts, const SharedRegions& regions, std::shared_ptr<Strand> strand,
             CallRecord& record);

    /// Once. `done` is called once, on the strand, perhaps before this returns.
    void run(const kserve::ModelInferRequest& request, std::optional<TimePoint> deadline, Done done);
    void cancel();

private:
    Answer<std::vector<MouthWish>> wishesOf(const InferOrder& order) const;
    void answered(const MouthAnswer& answer);
    Answer<void> keep(std::span<const std::uint8_t> picture);
    void refused(const Fault& fault);
    void complete();
    void end(Answer<kserve::ModelInferResponse> answer);

    const ServingParts& m_parts;
    const SharedRegions& m_regions;
    const std::shared_ptr<Strand> m_strand;
    CallRecord& m_record;
    const TimePoint m_began;
    std::string m_id;
    std::shared_ptr<const ServedAvatar> m_avatar;
    InferOrder m_order;
    std::string m_pictures; ///< those that go into the response
    std::uint64_t m_written = 0; ///< bytes that went into the target's region
    std::optional<Fault> m_fault;
    std::shared_ptr<MouthBatch> m_batch;
    Done m_done;
};

} // namespace lipsync::serving

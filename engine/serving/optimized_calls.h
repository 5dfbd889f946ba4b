// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/mouth_batch.h"
#include "serving/pending_call.h"
#include "serving/pending_stream.h"
#include "serving/plan_words.h"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <optimized_lipsyncsrv.pb.h>

namespace lipsync::serving {

/// Whether a fault is one of the single frame, which the old protocol tells inside of a good answer.
bool isOfFrame(const Fault& fault);

/// Writes a mouth as the old protocol has it; `began` is when its call or request came.
void writeMouth(const MouthAnswer& answer, const ServedAvatar& avatar, std::string jpeg, TimePoint began,
                TimePoint prepared, const std::vector<std::string>& optimizations,
                optimized_lipsyncsrv::OptimizedInferenceResponse& response);
void writeFault(const Fault& fault, const std::string& model, std::int64_t frame,
                optimized_lipsyncsrv::OptimizedInferenceResponse& response);

/// Frames that one call names all at once: GenerateInference, GenerateBatchInference, GenerateBatchWithAudio.
class FramesCall final : public PendingCall {
public:
    using Response = optimized_lipsyncsrv::OptimizedInferenceResponse;

    /// What is asked for. Request and responses live until the call ends.
    struct Order {
        std::string model;
        std::vector<std::int32_t> frames;
        std::vector<Response*> responses; ///< one a frame
        const optimized_lipsyncsrv::BatchInferenceWithAudioRequest* audio = nullptr; ///< whose sound moves the mouths
        optimized_lipsyncsrv::BatchInferenceResponse* batch = nullptr; ///< where the responses lie
    };

    FramesCall(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket,
               Order order);

private:
    void work() override;
    void cancelled() override;
    Answer<std::vector<MouthWish>> prepare();
    void answered(const MouthAnswer& answer);
    void refused(std::int64_t number, Fault fault);
    void complete();

    const Order m_order;
    std::shared_ptr<const ServedAvatar> m_avatar;
    std::shared_ptr<MouthBatch> m_batch;
    std::vector<std::string> m_optimizations;
    TimePoint m_prepared;
    std::size_t m_made = 0;
    std::optional<Fault> m_callFault; ///< the first that is not of a frame
};

/// StreamInference: every request is answered as soon as those before it are.
class FrameStreamCall final : public PendingStream<optimized_lipsyncsrv::OptimizedInferenceRequest,
                                                   optimized_lipsyncsrv::OptimizedInferenceResponse> {
public:
    using Request = optimized_lipsyncsrv::OptimizedInferenceRequest;
    using Response = optimized_lipsyncsrv::OptimizedInferenceResponse;
    using PendingStream::PendingStream;

private:
    /// A request on its way.
    struct Slot {
        std::shared_ptr<const ServedAvatar> avatar;
        TimePoint began, prepared;
        bool isDone = false;
        Response response;
    };

    void received(Request request) override;
    void inputEnded() override { endIfComplete(); }
    void draining() override { endIfComplete(); }
    void cancelled() override;
    void written() override;
    Answer<void> submit(const Request& request, std::int64_t number);
    Answer<std::shared_ptr<MouthStream>> streamOf(const std::shared_ptr<const ServedAvatar>& avatar);
    void answered(MouthStream& stream, const MouthAnswer& answer);
    void settle();
    void endIfComplete();
    bool hasRoom() const;

    std::map<std::int64_t, Slot> m_slots; ///< by number; the first is the next to leave
    std::int64_t m_next = 0;
    std::map<const ServedAvatar*, std::shared_ptr<MouthStream>> m_streams; ///< each keeps its avatar
};

} // namespace lipsync::serving

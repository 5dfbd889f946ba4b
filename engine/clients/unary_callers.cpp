// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/caller.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <mutex>
#include <numbers>
#include <vector>

#include <open_inference.grpc.pb.h>
#include <optimized_lipsyncsrv.grpc.pb.h>

namespace lipsync::clients {

namespace {

namespace old = ::optimized_lipsyncsrv;
namespace kserve = ::inference;

constexpr int kRequests = 48; ///< made beforehand, sent over and over: about two seconds of frames
constexpr int kMostFrames = 512;
constexpr int kChunksAround = 15; ///< 8 before and 7 after
constexpr std::size_t kChunkSamples = 640; ///< 40 ms

/// What came with a good answer.
struct Came {
    int frames = 0;
    std::string problem; ///< an answer can say that it is none
};

/// What all callers of a load send; immutable.
template <typename Request, typename Response> struct UnaryPlan {
    ServerAccess access;
    Duration deadline{}; ///< zero for none
    std::vector<Request> requests;
    std::function<Came(const Response&)> look;
};

/// Sends prepared requests, each to be answered once.
template <typename Request, typename Response> class UnaryCaller final : public Caller {
public:
    using Send =
        std::function<void(grpc::ClientContext&, const Request&, Response&, std::function<void(grpc::Status)>)>;

    UnaryCaller(std::shared_ptr<const UnaryPlan<Request, Response>> plan, Send send, CallEvents events)
        : m_plan(std::move(plan))
        , m_send(std::move(send))
        , m_events(std::move(events))
    {
    }

    void begin() override
    {
        auto context = std::make_shared<grpc::ClientContext>();
        prepareContext(*context, m_plan->access, m_plan->deadline);
        {
            std::lock_guard lock(m_mutex);
            m_context = context;
        }
        m_response.Clear();
        const auto& request = m_plan->requests[m_next++ % m_plan->requests.size()];
        auto& begun = *context;
        m_send(begun, request, m_response,
               [this, kept = std::move(context)](const grpc::Status& status) mutable { end(status, std::move(kept)); });
    }

    void cancel() override
    {
        std::lock_guard lock(m_mutex);
        if (m_context)
            m_context->TryCancel();
    }

private:
    void end(const grpc::Status& status, std::shared_ptr<grpc::ClientContext> context)
    {
        auto ended = endOf(status, *context);
        if (status.ok()) {
            auto came = m_plan->look(m_response);
            ended.problem = std::move(came.problem);
            if (came.frames > 0)
                m_events.frames(came.frames, {});
        }
        {
            std::lock_guard lock(m_mutex);
            m_context = nullptr;
        }
        context = nullptr; // before anybody hears of the end: the last channel must not go on one of gRPC's threads
        const auto events = m_events;
        events.ended(ended); // last: it may be the end of this caller
    }

    const std::shared_ptr<const UnaryPlan<Request, Response>> m_plan;
    const Send m_send;
    const CallEvents m_events;
    std::size_t m_next = 0;
    Response m_response;
    std::mutex m_mutex; ///< of the next one
    std::shared_ptr<grpc::ClientContext> m_context; ///< of the last call
};

/// Callers whose calls `send` begins on the asynchronous stub of a Service, and `look` judges.
template <typename Service, typename Response, typename Request, typename Send, typename Look>
CallerMaker callersOf(const ServerAccess& access, const ServerLoadOptions& options, std::vector<Request> requests,
                      Send send, Look look)
{
    using Plan = UnaryPlan<Request, Response>;
    const auto plan = std::make_shared<const Plan>(
        Plan{access, options.deadline.value_or(Duration::zero()), std::move(requests), std::move(look)});
    return [plan, send](const std::shared_ptr<grpc::Channel>& channel, CallEvents events) -> std::unique_ptr<Caller> {
        return std::make_unique<UnaryCaller<Request, Response>>(
            plan,
            [stub = std::shared_ptr(Service::NewStub(channel)), send](auto& context, const auto& request,
                                                                      auto& response, auto done) {
                send(*stub->async(), &context, &request, &response, std::move(done));
            },
            std::move(events));
    };
}

Came lookAt(const old::OptimizedInferenceResponse& response)
{
    if (!response.success())
        return {0, response.error().empty() ? "The server says no success." : response.error()};
    return {1, {}};
}

Came lookAt(const old::BatchInferenceResponse& response)
{
    Came all;
    for (const auto& each : response.responses()) {
        auto one = lookAt(each);
        all.frames += one.frames;
        if (all.problem.empty())
            all.problem = std::move(one.problem);
    }
    return all;
}

/// Requests for so many frames each, moved by a made-up voice.
std::vector<old::BatchInferenceWithAudioRequest> soundRequests(const std::string& avatar, int frames, int starts)
{
    constexpr std::size_t kChunkBytes = kChunkSamples * sizeof(std::int16_t);
    const auto voice = madeUpVoice(static_cast<std::size_t>(frames + kChunksAround) * kChunkSamples);
    std::vector<old::BatchInferenceWithAudioRequest> requests(frames > 1 ? 1 : kRequests);
    for (std::size_t i = 0; i < requests.size(); ++i) {
        requests[i].set_model_name(avatar);
        requests[i].set_start_frame_id(static_cast<int>(i) % starts);
        requests[i].set_frame_count(frames);
        for (std::size_t at = 0; at < voice.size(); at += kChunkBytes)
            requests[i].add_audio_chunks(voice.substr(at, kChunkBytes));
    }
    return requests;
}

/// A request's tensors of made-up numbers: whole numbers count frames, others lie between −1 and 1.
Result<std::string> tensorOf(const kserve::ModelMetadataResponse::TensorMetadata& input, std::int64_t elements,
                             int first)
{
    std::string bytes;
    const auto append = [&](auto number) { bytes.append(reinterpret_cast<const char*>(&number), sizeof number); };
    for (std::int64_t i = 0; i < elements; ++i) {
        if (input.datatype() == "INT32")
            append(static_cast<std::int32_t>(first + i));
        else if (input.datatype() == "FP32")
            append(static_cast<float>(std::sin(static_cast<double>(i) * 0.7 + first)));
        else if (input.datatype() == "UINT8")
            append(static_cast<std::uint8_t>(i + first));
        else
            return failure(ErrorCode::InvalidInput,
                           fmt::format("The model's input '{}' is of type {}: made up are "
                                       "INT32, UINT8 and FP32 alone.",
                                       input.name(), input.datatype()));
    }
    return bytes;
}

Result<kserve::ModelInferRequest> inferRequest(const kserve::ModelMetadataResponse& model, int frames, int number)
{
    constexpr std::int64_t kMostElements = std::int64_t{64} << 20;
    kserve::ModelInferRequest request;
    request.set_model_name(model.name());
    request.set_id(std::to_string(number));
    for (const auto& input : model.inputs()) {
        auto& tensor = *request.add_inputs();
        tensor.set_name(input.name());
        tensor.set_datatype(input.datatype());
        std::int64_t elements = 1;
        for (int i = 0; i < input.shape_size(); ++i) {
            const auto side = i == 0 && input.shape(i) < 0 ? frames : input.shape(i);
            if (side < 1 || elements > kMostElements / side)
                return failure(ErrorCode::InvalidInput,
                               fmt::format("The model's input '{}' has a shape that cannot be made up.", input.name()));
            tensor.add_shape(side);
            elements *= side;
        }
        auto bytes = tensorOf(input, elements, number * frames);
        if (!bytes)
            return failure(bytes);
        request.add_raw_input_contents(std::move(*bytes));
    }
    return request;
}

} // namespace

CallEnd endOf(const grpc::Status& status, const grpc::ClientContext& context)
{
    CallEnd end{status.error_code(), status.error_message(), {}, SteadyClock().now()};
    if (status.ok())
        return end;
    if (end.problem.empty())
        end.problem = nameOf(end.code);
    const auto& trailers = context.GetServerTrailingMetadata();
    if (const auto found = trailers.find("grpc-retry-pushback-ms"); found != trailers.end()) {
        constexpr int kLongestMs = 600'000;
        int wait = 0;
        const auto* first = found->second.data();
        const auto [last, problem] = std::from_chars(first, first + found->second.size(), wait);
        if (problem == std::errc() && last == first + found->second.size() && wait >= 0)
            end.pushback = std::chrono::milliseconds(std::min(wait, kLongestMs));
    }
    return end;
}

tl::unexpected<Error> questionFailure(const ServerAccess& access, const char* question, const grpc::Status& status)
{
    using Code = grpc::StatusCode;
    const auto code = status.error_code();
    const bool isInput = code == Code::NOT_FOUND || code == Code::INVALID_ARGUMENT || code == Code::UNIMPLEMENTED;
    return failure(isInput ? ErrorCode::InvalidInput : ErrorCode::Resource,
                   fmt::format("The server at {} does not answer {}: {}", access.address, question, nameOf(code)),
                   status.error_message());
}

std::string madeUpVoice(std::size_t samples)
{
    constexpr double kRate = 16000, kPitchHertz = 140, kSyllablesPerSecond = 4, kLoudness = 9000;
    constexpr int kHarmonics = 8;
    std::string bytes;
    bytes.reserve(samples * sizeof(std::int16_t));
    for (std::size_t i = 0; i < samples; ++i) {
        const double turns = 2 * std::numbers::pi * static_cast<double>(i) / kRate;
        double sum = 0;
        for (int harmonic = 1; harmonic <= kHarmonics; ++harmonic)
            sum += std::sin(turns * kPitchHertz * harmonic) / harmonic;
        const double syllable = (1 + std::sin(turns * kSyllablesPerSecond)) / 2;
        const auto sample = static_cast<std::int16_t>(std::clamp(kLoudness * syllable * sum, -32767.0, 32767.0));
        bytes.append(reinterpret_cast<const char*>(&sample), sizeof sample);
    }
    return bytes;
}

Result<CallerMaker> optimizedCallers(const ServerAccess& access, const ServerLoadOptions& options,
                                     const std::shared_ptr<grpc::Channel>& channel)
{
    const int frames = std::max(1, options.frames);
    if (frames > kMostFrames)
        return failure(ErrorCode::Usage, fmt::format("A call asks for 1 to {} frames.", kMostFrames));
    const auto stub = old::OptimizedLipSyncService::NewStub(channel);
    {
        grpc::ClientContext context;
        prepareContext(context, access, kQuestionPatience);
        old::LoadPackageRequest request;
        request.set_package_name(options.avatar);
        old::LoadPackageResponse ignored; // not everybody may load; the next question tells whether it is there
        (void)stub->LoadPackage(&context, request, &ignored);
    }
    grpc::ClientContext context;
    prepareContext(context, access, kQuestionPatience);
    old::GetModelMetadataRequest question;
    question.set_model_name(options.avatar);
    old::GetModelMetadataResponse model;
    if (const auto status = stub->GetModelMetadata(&context, question, &model); !status.ok())
        return questionFailure(access, "GetModelMetadata", status);
    if (!model.success() || model.frame_count() < frames)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The server at {} cannot be asked for {} frames of '{}'.", access.address, frames,
                                   options.avatar),
                       model.error());
    const int starts = model.frame_count() - frames + 1;
    if (!model.audio_path().empty() && frames == 1) {
        std::vector<old::OptimizedInferenceRequest> requests(kRequests);
        for (int i = 0; i < kRequests; ++i) {
            requests[static_cast<std::size_t>(i)].set_model_name(options.avatar);
            requests[static_cast<std::size_t>(i)].set_frame_id(i % starts);
        }
        return callersOf<old::OptimizedLipSyncService, old::OptimizedInferenceResponse>(
            access, options, std::move(requests),
            [](auto& stub, auto... call) { stub.GenerateInference(std::move(call)...); },
            [](const auto& response) { return lookAt(response); });
    }
    return callersOf<old::OptimizedLipSyncService, old::BatchInferenceResponse>(
        access, options, soundRequests(options.avatar, frames, starts),
        [](auto& stub, auto... call) { stub.GenerateBatchWithAudio(std::move(call)...); },
        [](const auto& response) { return lookAt(response); });
}

Result<CallerMaker> kserveCallers(const ServerAccess& access, const ServerLoadOptions& options,
                                  const std::shared_ptr<grpc::Channel>& channel)
{
    const int frames = std::max(1, options.frames);
    if (frames > kMostFrames)
        return failure(ErrorCode::Usage, fmt::format("A call asks for 1 to {} frames.", kMostFrames));
    const auto stub = kserve::GRPCInferenceService::NewStub(channel);
    {
        grpc::ClientContext context;
        prepareContext(context, access, kQuestionPatience);
        kserve::RepositoryModelLoadRequest request;
        request.set_model_name(options.avatar);
        kserve::RepositoryModelLoadResponse ignored; // the next question tells whether it is there
        (void)stub->RepositoryModelLoad(&context, request, &ignored);
    }
    grpc::ClientContext context;
    prepareContext(context, access, kQuestionPatience);
    kserve::ModelMetadataRequest question;
    question.set_name(options.avatar);
    kserve::ModelMetadataResponse model;
    if (const auto status = stub->ModelMetadata(&context, question, &model); !status.ok())
        return questionFailure(access, "ModelMetadata", status);
    std::vector<kserve::ModelInferRequest> requests;
    for (int i = 0; i < (frames > 1 ? 1 : kRequests); ++i) {
        auto request = inferRequest(model, frames, i);
        if (!request)
            return failure(request);
        requests.push_back(std::move(*request));
    }
    return callersOf<kserve::GRPCInferenceService, kserve::ModelInferResponse>(
        access, options, std::move(requests), [](auto& stub, auto... call) { stub.ModelInfer(std::move(call)...); },
        [frames](const kserve::ModelInferResponse& response) {
            return response.outputs_size() > 0 ? Came{frames, {}} : Came{0, "The answer has no output."};
        });
}

} // namespace lipsync::clients

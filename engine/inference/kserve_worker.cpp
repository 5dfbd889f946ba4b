// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/kserve_worker.h"

#include "inference/kserve_client.h"
#include "inference/kserve_model.h"
#include "inference/worker_client.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <open_inference.pb.h>

namespace lipsync::inference {

namespace {

namespace wire = ::inference;
using scheduling::BatchFailure;
using scheduling::BatchOutcome;

constexpr Duration kInferPatience = std::chrono::seconds(30); ///< the pool gives up a batch that hangs before that
constexpr Duration kWarmUpPatience = std::chrono::seconds(50); ///< a first batch may have to be compiled
constexpr Duration kHealthPatience = std::chrono::seconds(10);
constexpr Duration kFirstBackOff = std::chrono::milliseconds(50); ///< doubled each time, where the server names none
constexpr Duration kLongestBackOff = std::chrono::seconds(2); ///< of a batch, all waits together

using Mouths = std::vector<std::shared_ptr<const MouthContent>>;

/// A model that was found on the server.
struct PreparedModel {
    std::shared_ptr<const Model> model;
    KserveModel served;
};

/// What the server calls an avatar of which it was told nothing else: its folder without ".avatar".
std::string folderName(const Model& model)
{
    std::error_code problem;
    const auto folder = std::filesystem::weakly_canonical(model.weightsFile, problem).parent_path().filename();
    return folder.extension() == ".avatar" ? folder.stem().string() : folder.string();
}

std::shared_ptr<const MouthContent> silentMouth(const Model& model)
{
    auto mouth = std::make_shared<MouthContent>();
    mouth->window = std::vector<float>(model.spec.audioElements());
    return mouth;
}

/// The batch's mouths, when the server can compute them; the Job's error otherwise.
Result<Mouths> mouthsOf(const scheduling::Batch& batch, const PreparedModel& prepared)
{
    const auto& model = *prepared.model;
    Mouths mouths;
    for (const auto& content : batch.contents) {
        auto mouth = std::dynamic_pointer_cast<const MouthContent>(content);
        const bool fits = mouth && mouth->templateFrame >= 0 && mouth->templateFrame < model.crops->frameCount() &&
            mouth->window.size() == model.spec.audioElements();
        if (!fits)
            return failure(ErrorCode::Internal, "A job of a mouth worker is no mouth of its model.");
        if (!std::ranges::all_of(mouth->window, [](float value) { return std::isfinite(value); }))
            return failure(ErrorCode::InvalidInput, "A window of sound holds a number that is not finite.");
        if (prepared.served.takesPictures && !model.crops->isWritten(mouth->templateFrame))
            return failure(ErrorCode::Internal,
                           fmt::format("Template frame {} of {} is not there.", mouth->templateFrame, model.name));
        mouths.push_back(std::move(mouth));
    }
    return mouths;
}

BatchOutcome failed(BatchFailure kind, Error error)
{
    return {.failure = kind, .error = std::move(error), .outputs = {}, .times = {}};
}

BatchOutcome failed(KserveProblem problem)
{
    return failed(problem.kind == KserveProblem::Kind::TooLarge ? BatchFailure::OutOfMemory : BatchFailure::WorkerLost,
                  std::move(problem.error));
}

class KserveWorker final : public scheduling::Worker {
public:
    KserveWorker(std::shared_ptr<const ModelRegistry> registry, KserveWorkerOptions options)
        : m_registry(std::move(registry))
        , m_address(parseKserveAddress(options.address))
        , m_client({m_address.value_or(KserveAddress{}), std::move(options.token), std::move(options.certificateFile)})
    {
    }

    Status start() override { return m_address ? m_client.start() : Status(failure(m_address)); }
    Status prepare(scheduling::ModelId number, const std::vector<int>& batchSizes) override;
    void release(scheduling::ModelId model) override { m_prepared.erase(model); }
    BatchOutcome run(const scheduling::Batch& batch) override;
    Status checkHealth() override;
    void abandon() noexcept override { m_client.cancel(); }

private:
    Status warmUp(const PreparedModel& prepared, int batchSize);
    /// Computes a part of a batch that one request takes, and adds to the outcome.
    void compute(const PreparedModel& prepared, std::span<const std::shared_ptr<const MouthContent>> mouths,
                 BatchOutcome& outcome);
    /// Asks until the server has time, or has had none for too long.
    std::optional<KserveProblem> inferPatiently(const wire::ModelInferRequest& request,
                                                wire::ModelInferResponse& response);

    const std::shared_ptr<const ModelRegistry> m_registry;
    const Result<KserveAddress> m_address;
    KserveClient m_client;
    std::map<scheduling::ModelId, PreparedModel> m_prepared;
    const SteadyClock m_clock;
};

Status KserveWorker::prepare(scheduling::ModelId number, const std::vector<int>& batchSizes)
{
    if (!m_address)
        return failure(m_address);
    PreparedModel prepared;
    prepared.model = m_registry->find(number);
    if (!prepared.model)
        return tl::unexpected<Error>(unknownModelOutcome(number).error);
    const auto name = m_address->model.empty() ? folderName(*prepared.model) : m_address->model;
    const auto metadata = m_client.metadata(name);
    if (!metadata)
        return failure(metadata);
    const auto configuration = m_client.configuration(name);
    if (!configuration)
        return failure(configuration);
    auto served = readKserveModel(*metadata, configuration->has_value() ? &**configuration : nullptr, *prepared.model,
                                  m_client.server());
    if (!served)
        return failure(served);
    prepared.served = std::move(*served);
    prepared.served.name = name;
    for (const int size : batchSizes) {
        if (auto warm = warmUp(prepared, size); !warm)
            return warm;
        if (!prepared.served.takesPictures)
            break; // a server of ours has warmed its workers up itself; one frame shows that it answers
    }
    m_prepared.insert_or_assign(number, std::move(prepared));
    return {};
}

Status KserveWorker::warmUp(const PreparedModel& prepared, int batchSize)
{
    const Mouths mouths(static_cast<std::size_t>(std::clamp(batchSize, 1, prepared.served.mostFrames)),
                        silentMouth(*prepared.model));
    wire::ModelInferRequest request;
    write(mouths, prepared.served, *prepared.model, request);
    auto response = std::make_shared<wire::ModelInferResponse>();
    if (auto problem = m_client.infer(request, *response, kWarmUpPatience)) {
        if (problem->kind == KserveProblem::Kind::Busy)
            return {}; // it is warm enough
        return tl::unexpected<Error>(std::move(problem->error));
    }
    const auto pictures = readPictures(std::move(response), mouths.size(), prepared.served, prepared.model->spec);
    return pictures ? Status() : failure(pictures);
}

BatchOutcome KserveWorker::run(const scheduling::Batch& batch)
{
    const auto found = m_prepared.find(batch.model);
    if (found == m_prepared.end())
        return unknownModelOutcome(batch.model);
    const auto mouths = mouthsOf(batch, found->second);
    if (!mouths)
        return failed(BatchFailure::Job, mouths.error());
    BatchOutcome outcome;
    const auto most = static_cast<std::size_t>(found->second.served.mostFrames);
    for (std::size_t first = 0; first < mouths->size() && outcome.failure == BatchFailure::None; first += most)
        compute(found->second, std::span(*mouths).subspan(first, std::min(most, mouths->size() - first)), outcome);
    return outcome;
}

void KserveWorker::compute(const PreparedModel& prepared, std::span<const std::shared_ptr<const MouthContent>> mouths,
                           BatchOutcome& outcome)
{
    const auto begun = m_clock.now();
    wire::ModelInferRequest request;
    write(mouths, prepared.served, *prepared.model, request);
    const auto written = m_clock.now();
    auto response = std::make_shared<wire::ModelInferResponse>();
    if (auto problem = inferPatiently(request, *response)) {
        outcome = failed(std::move(*problem));
        return;
    }
    const auto answered = m_clock.now();
    auto pictures = readPictures(std::move(response), mouths.size(), prepared.served, prepared.model->spec);
    if (!pictures) {
        outcome = failed(BatchFailure::WorkerLost,
                         {ErrorCode::Resource,
                          fmt::format("The server at {} gives no pictures of the avatar {} any more.",
                                      m_client.server(), prepared.model->name),
                          pictures.error().message});
        return;
    }
    std::ranges::move(*pictures, std::back_inserter(outcome.outputs));
    outcome.times.input += written - begun;
    outcome.times.infer += answered - written;
    outcome.times.output += m_clock.now() - answered;
}

std::optional<KserveProblem> KserveWorker::inferPatiently(const wire::ModelInferRequest& request,
                                                          wire::ModelInferResponse& response)
{
    Duration waited{}, next = kFirstBackOff;
    while (true) {
        auto problem = m_client.infer(request, response, kInferPatience);
        if (!problem || problem->kind != KserveProblem::Kind::Busy)
            return problem;
        const auto wait = std::max(kFirstBackOff, problem->retryAfter.value_or(next));
        if (waited + wait > kLongestBackOff || !m_client.waitFor(wait))
            return problem;
        waited += wait;
        next *= 2;
    }
}

Status KserveWorker::checkHealth()
{
    if (m_prepared.empty())
        return m_client.start();
    const auto& prepared = m_prepared.begin()->second;
    wire::ModelInferRequest request;
    write(Mouths{silentMouth(*prepared.model)}, prepared.served, *prepared.model, request);
    wire::ModelInferResponse response;
    auto problem = m_client.infer(request, response, kHealthPatience);
    if (problem && problem->kind != KserveProblem::Kind::Busy)
        return tl::unexpected<Error>(std::move(problem->error));
    return {};
}

} // namespace

std::unique_ptr<scheduling::Worker> makeKserveWorker(std::shared_ptr<const ModelRegistry> registry,
                                                     KserveWorkerOptions options)
{
    return std::make_unique<KserveWorker>(std::move(registry), std::move(options));
}

} // namespace lipsync::inference

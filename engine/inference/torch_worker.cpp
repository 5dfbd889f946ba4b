// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/torch_worker.h"

#include "inference/buffer_pool.h"
#include "nn/torch_runtime.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace lipsync::inference {

using scheduling::Batch;
using scheduling::BatchFailure;
using scheduling::BatchOutcome;
using scheduling::ModelId;

namespace {

constexpr std::size_t kSpareBuffers = 4; ///< outputs of a worker that may wait to be pasted without new memory

BatchOutcome failed(BatchFailure kind, Error error)
{
    BatchOutcome outcome;
    outcome.failure = kind;
    outcome.error = std::move(error);
    return outcome;
}

BatchFailure kindOf(const Error& error)
{
    if (error.code == ErrorCode::Resource)
        return BatchFailure::OutOfMemory;
    return nn::isDeviceLost(error) ? BatchFailure::WorkerLost : BatchFailure::Job;
}

/// A model as this worker runs it.
struct PreparedModel {
    std::shared_ptr<const Model> model;
    std::shared_ptr<const SharedNetwork> shared;
    std::unique_ptr<nn::Generator> generator;
    std::unique_ptr<BufferPool> buffers; ///< outputs of the largest size
    std::vector<int> warmSizes; ///< ascending
};

Result<nn::MouthInput> mouthOf(const Model& model, const scheduling::JobContent* content)
{
    const auto* mouth = dynamic_cast<const MouthContent*>(content);
    if (!mouth)
        return failure(ErrorCode::Internal, "A job of a mouth worker has no mouth.");
    if (mouth->window.size() != model.spec.audioElements()) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("A window of sound has {} numbers; the network of {} takes {}.",
                                   mouth->window.size(), model.name, model.spec.audioElements()));
    }
    if (!std::all_of(mouth->window.begin(), mouth->window.end(), [](float value) { return std::isfinite(value); }))
        return failure(ErrorCode::InvalidInput, "A window of sound holds a number that is not finite.");
    if (!model.crops->isWritten(mouth->templateFrame)) {
        return failure(ErrorCode::Internal,
                       fmt::format("Template frame {} of {} is not there.", mouth->templateFrame, model.name));
    }
    return nn::MouthInput{mouth->templateFrame, mouth->window};
}

class TorchWorker final : public scheduling::Worker {
public:
    TorchWorker(std::shared_ptr<const ModelRegistry> models, std::shared_ptr<SharedNetworks> networks,
                const TorchWorkerOptions& options)
        : m_models(std::move(models))
        , m_networks(std::move(networks))
        , m_options(options)
    {
    }

    ~TorchWorker() override
    {
        m_prepared.clear();
        nn::handMemoryBack();
    }
    TorchWorker(const TorchWorker&) = delete;
    TorchWorker& operator=(const TorchWorker&) = delete;

    Status start() override
    {
        if (const auto device = nn::findDevice(m_options.device); !device)
            return failure(device);
        return {};
    }

    Status prepare(ModelId number, const std::vector<int>& batchSizes) override
    {
        if (batchSizes.empty())
            return failure(ErrorCode::Usage, "A worker needs at least one batch size.");
        auto model = m_models->find(number);
        if (!model)
            return failure(ErrorCode::Usage, fmt::format("There is no model {}.", number));
        const auto known = m_prepared.find(number);
        if (known != m_prepared.end())
            return warmUp(known->second, batchSizes);
        auto made = replicate(std::move(model));
        if (!made)
            return failure(made);
        if (auto warm = warmUp(*made, batchSizes); !warm)
            return warm;
        m_prepared.emplace(number, std::move(*made));
        return {};
    }

    void release(ModelId model) override
    {
        if (m_prepared.erase(model) > 0)
            nn::handMemoryBack();
    }

    BatchOutcome run(const Batch& batch) override
    {
        if (m_abandoned)
            return failed(BatchFailure::WorkerLost, {ErrorCode::Interrupted, "The worker was given up.", {}});
        const auto found = m_prepared.find(batch.model);
        if (found == m_prepared.end())
            return failed(BatchFailure::Job,
                          {ErrorCode::Internal, fmt::format("Model {} is not prepared.", batch.model), {}});
        auto& prepared = found->second;
        m_mouths.clear();
        for (const auto& content : batch.contents) {
            auto mouth = mouthOf(*prepared.model, content.get());
            if (!mouth)
                return failed(BatchFailure::Job, std::move(mouth.error()));
            m_mouths.push_back(*mouth);
        }
        return compute(prepared, batch.paddedSize);
    }

    Status checkHealth() override
    {
        if (m_prepared.empty())
            return start();
        auto& prepared = m_prepared.begin()->second;
        const auto turn = takeTurn(prepared);
        return prepared.generator->warmUp(*prepared.shared->crops, prepared.warmSizes.front());
    }

    void abandon() noexcept override { m_abandoned = true; }

private:
    Result<PreparedModel> replicate(std::shared_ptr<const Model> model) const
    {
        PreparedModel prepared;
        auto shared = m_networks->find(model,
                                       {.precision = precisionOf(m_options.arithmetic),
                                        .threads = m_options.threads,
                                        .device = m_options.device,
                                        .graphs = m_options.useGraphs,
                                        .executor = m_options.executor,
                                        .imageCacheBytes = m_options.imageCacheBytes});
        if (!shared)
            return failure(shared);
        auto replica = (*shared)->generator->replica(m_options.threads, m_options.useGraphs);
        if (!replica)
            return failure(replica);
        prepared.model = std::move(model);
        prepared.shared = std::move(*shared);
        prepared.generator = std::move(*replica);
        return prepared;
    }

    /// The largest size first: smaller ones then find their memory reserved.
    Status warmUp(PreparedModel& prepared, std::vector<int> sizes)
    {
        const auto turn = takeTurn(prepared);
        std::sort(sizes.begin(), sizes.end());
        for (auto size = sizes.rbegin(); size != sizes.rend(); ++size) {
            if (std::binary_search(prepared.warmSizes.begin(), prepared.warmSizes.end(), *size))
                continue;
            if (auto warm = prepared.generator->warmUp(*prepared.shared->crops, *size); !warm)
                return warm;
        }
        prepared.warmSizes = std::move(sizes);
        const auto bytes = prepared.model->spec.pictureBytes() * static_cast<std::size_t>(prepared.warmSizes.back());
        if (!prepared.buffers || prepared.buffers->bytes() != bytes) {
            prepared.buffers = std::make_unique<BufferPool>(
                bytes, kSpareBuffers,
                [&generator = *prepared.generator](std::size_t size) { return generator.hostBuffer(size); });
        }
        return {};
    }

    /// A turn on the processor; nothing on other devices, which order the work of their workers themselves.
    std::unique_ptr<ComputeSlots::Turn> takeTurn(const PreparedModel& prepared)
    {
        if (prepared.generator->device().cuda)
            return {};
        return std::unique_ptr<ComputeSlots::Turn>(
            new ComputeSlots::Turn(m_networks->processor().take(m_options.threads)));
    }

    BatchOutcome compute(PreparedModel& prepared, int paddedSize)
    {
        const auto pictureBytes = prepared.model->spec.pictureBytes();
        const auto bytes = m_mouths.size() * pictureBytes;
        auto buffer =
            bytes <= prepared.buffers->bytes() ? prepared.buffers->take() : prepared.generator->hostBuffer(bytes);
        if (!buffer)
            return failed(kindOf(buffer.error()), std::move(buffer.error()));
        const std::span<std::uint8_t> output(buffer->get(), bytes);
        nn::RunTimes times;
        const SteadyClock clock;
        const auto begin = clock.now();
        const auto turn = takeTurn(prepared);
        const auto waited = clock.now() - begin;
        if (auto ran = prepared.generator->run(*prepared.shared->crops, m_mouths, paddedSize, output, &times); !ran)
            return failed(kindOf(ran.error()), std::move(ran.error()));

        BatchOutcome outcome;
        outcome.times = {waited + times.input, times.infer, times.output};
        for (std::size_t i = 0; i < m_mouths.size(); ++i) {
            auto picture = std::make_shared<MouthPicture>();
            picture->buffer = *buffer;
            picture->bytes = output.subspan(i * pictureBytes, pictureBytes);
            outcome.outputs.push_back(std::move(picture));
        }
        return outcome;
    }

    const std::shared_ptr<const ModelRegistry> m_models;
    const std::shared_ptr<SharedNetworks> m_networks;
    const TorchWorkerOptions m_options;
    std::atomic<bool> m_abandoned = false;
    std::map<ModelId, PreparedModel> m_prepared;
    std::vector<nn::MouthInput> m_mouths; ///< of the batch that runs, reused
};

} // namespace

nn::Precision precisionOf(Arithmetic arithmetic)
{
    switch (arithmetic) {
    case Arithmetic::Bf16:
        return nn::Precision::Bf16;
    case Arithmetic::Fp16:
        return nn::Precision::Fp16;
    case Arithmetic::Fp32:
        break;
    }
    return nn::Precision::Fp32;
}

std::unique_ptr<scheduling::Worker> makeTorchWorker(std::shared_ptr<const ModelRegistry> models,
                                                    std::shared_ptr<SharedNetworks> networks,
                                                    const TorchWorkerOptions& options)
{
    return std::make_unique<TorchWorker>(std::move(models), std::move(networks), options);
}

} // namespace lipsync::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/remote_worker.h"

#include "inference/worker_client.h"

namespace lipsync::inference {

namespace {

class RemoteWorker final : public scheduling::Worker {
public:
    RemoteWorker(std::shared_ptr<const ModelRegistry> registry, RemoteWorkerOptions options)
        : m_registry(std::move(registry))
        , m_client({std::move(options.address), std::move(options.token)})
    {
    }

    Status start() override { return m_client.start(); }

    Status prepare(scheduling::ModelId model, const std::vector<int>& batchSizes) override
    {
        const auto found = m_registry->find(model);
        if (!found)
            return tl::unexpected<Error>(unknownModelOutcome(model).error);
        return m_client.prepare(requestFor(model, *found, batchSizes, /*sharesFiles=*/false));
    }

    void release(scheduling::ModelId model) override { m_client.release(model); }

    scheduling::BatchOutcome run(const scheduling::Batch& batch) override
    {
        const auto model = m_registry->find(batch.model);
        return model ? m_client.run(batch, model->spec) : unknownModelOutcome(batch.model);
    }

    Status checkHealth() override { return m_client.checkHealth(); }
    void abandon() noexcept override { m_client.cancel(); }

private:
    const std::shared_ptr<const ModelRegistry> m_registry;
    WorkerClient m_client;
};

} // namespace

std::unique_ptr<scheduling::Worker> makeRemoteWorker(std::shared_ptr<const ModelRegistry> registry,
                                                     RemoteWorkerOptions options)
{
    return std::make_unique<RemoteWorker>(std::move(registry), std::move(options));
}

} // namespace lipsync::inference

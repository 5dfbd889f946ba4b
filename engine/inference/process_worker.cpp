// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/process_worker.h"

#include "inference/child_process.h"
#include "inference/worker_client.h"

#include <atomic>
#include <cstdlib>
#include <mutex>

#include <sys/un.h>
#include <unistd.h>

namespace lipsync::inference {

namespace {

using scheduling::BatchFailure;
using scheduling::BatchOutcome;

/// How long a child whose connection broke may take to be seen dead.
constexpr auto kLastBreath = std::chrono::seconds(1);

/// A name that no other worker of this machine has.
std::filesystem::path newSocketPath(std::filesystem::path folder)
{
    static std::atomic<unsigned> count{0};
    if (folder.empty()) {
        const char* runtime = std::getenv("XDG_RUNTIME_DIR");
        std::error_code ignored;
        folder = runtime && std::filesystem::is_directory(runtime, ignored)
            ? std::filesystem::path(runtime)
            : std::filesystem::temp_directory_path(ignored);
    }
    return folder / fmt::format("lipsync-worker-{}-{}.socket", getpid(), ++count);
}

class ProcessWorker final : public scheduling::Worker {
public:
    ProcessWorker(std::shared_ptr<const ModelRegistry> registry, ProcessWorkerOptions options)
        : m_registry(std::move(registry))
        , m_options(std::move(options))
        , m_socket(newSocketPath(m_options.socketFolder))
    {
    }
    ~ProcessWorker() override;

    Status start() override;
    Status prepare(scheduling::ModelId model, const std::vector<int>& batchSizes) override;
    void release(scheduling::ModelId model) override;
    BatchOutcome run(const scheduling::Batch& batch) override;
    Status checkHealth() override;
    std::optional<Error> processEnd() override { return m_child ? m_child->end() : std::nullopt; }
    void abandon() noexcept override;
    int processId() const override { return m_processId; }

private:
    Status spawn();
    Status connect();
    /// The reason of a failed call: the child's end where that is it.
    Error explained(Error error);

    const std::shared_ptr<const ModelRegistry> m_registry;
    const ProcessWorkerOptions m_options;
    const std::filesystem::path m_socket;
    std::atomic<int> m_processId{0};
    std::mutex m_mutex; ///< of the three below, between start() and abandon()
    bool m_abandoned = false;
    std::unique_ptr<ChildProcess> m_child; ///< set once
    std::unique_ptr<WorkerClient> m_client; ///< set once; ends before the child
};

ProcessWorker::~ProcessWorker()
{
    m_client.reset();
    m_child.reset();
    std::error_code ignored;
    std::filesystem::remove(m_socket, ignored);
}

Status ProcessWorker::start()
{
    if (auto spawned = spawn(); !spawned)
        return spawned;
    if (auto ready = m_child->waitUntilReady(m_options.startTimeout); !ready) {
        auto error = ready.error();
        return failure(error.code, "A worker process could not be started. " + error.message, error.cause);
    }
    return connect();
}

Status ProcessWorker::spawn()
{
    constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;
    if (m_socket.string().size() > kLongestPath)
        return failure(
            ErrorCode::Usage,
            fmt::format("The worker's socket '{}' has a name of more than {} bytes: choose a shorter folder.",
                        m_socket.string(), kLongestPath));
    auto child = ChildProcess::spawn(m_options.program,
                                     {"worker", "--socket", "unix:" + m_socket.string(), "--device", m_options.device,
                                      "--threads", std::to_string(m_options.threads), "--precision",
                                      std::string(toString(m_options.precision)), "--image-cache",
                                      std::to_string(m_options.imageCacheBytes)});
    if (!child)
        return failure(child);
    m_processId = (*child)->processId();
    std::lock_guard lock(m_mutex);
    m_child = std::move(*child);
    if (m_abandoned)
        m_child->kill();
    return {};
}

Status ProcessWorker::connect()
{
    auto client = std::make_unique<WorkerClient>(WorkerClientOptions{"unix:" + m_socket.string(), {}});
    {
        std::lock_guard lock(m_mutex);
        m_client = std::move(client);
        if (m_abandoned)
            m_client->cancel();
    }
    if (auto started = m_client->start(); !started)
        return tl::unexpected<Error>(explained(started.error()));
    if (m_client->processId() != m_processId)
        return failure(ErrorCode::Resource,
                       fmt::format("Another process than the worker answers at '{}'.", m_socket.string()));
    return {};
}

Status ProcessWorker::prepare(scheduling::ModelId model, const std::vector<int>& batchSizes)
{
    const auto found = m_registry->find(model);
    if (!found)
        return tl::unexpected<Error>(unknownModelOutcome(model).error);
    if (!m_client)
        return failure(ErrorCode::Internal, "The worker process was not started.");
    auto prepared =
        m_client->prepare(requestFor(model, *found, batchSizes, /*sharesFiles=*/true), /*sharesPictures=*/true);
    if (!prepared)
        return tl::unexpected<Error>(explained(prepared.error()));
    return prepared;
}

void ProcessWorker::release(scheduling::ModelId model)
{
    if (m_client)
        m_client->release(model);
}

BatchOutcome ProcessWorker::run(const scheduling::Batch& batch)
{
    const auto model = m_registry->find(batch.model);
    if (!model)
        return unknownModelOutcome(batch.model);
    if (!m_client)
        return lostOutcome({ErrorCode::Internal, "The worker process was not started.", {}});
    auto outcome = m_client->run(batch, model->spec);
    if (outcome.failure == BatchFailure::WorkerLost)
        outcome.error = explained(std::move(outcome.error));
    return outcome;
}

Status ProcessWorker::checkHealth()
{
    if (!m_client)
        return failure(ErrorCode::Internal, "The worker process was not started.");
    auto healthy = m_client->checkHealth();
    if (!healthy)
        return tl::unexpected<Error>(explained(healthy.error()));
    return healthy;
}

void ProcessWorker::abandon() noexcept
{
    std::lock_guard lock(m_mutex);
    m_abandoned = true;
    if (m_child)
        m_child->kill();
    if (m_client)
        m_client->cancel();
}

Error ProcessWorker::explained(Error error)
{
    {
        std::lock_guard lock(m_mutex);
        if (m_abandoned)
            return {ErrorCode::Resource,
                    fmt::format("The worker process {} was given up and killed.", m_processId.load()),
                    std::move(error.cause)};
    }
    if (m_client->isLost() && m_child->waitForEnd(kLastBreath))
        return *m_child->end();
    return error;
}

} // namespace

std::unique_ptr<scheduling::Worker> makeProcessWorker(std::shared_ptr<const ModelRegistry> registry,
                                                      ProcessWorkerOptions options)
{
    return std::make_unique<ProcessWorker>(std::move(registry), std::move(options));
}

} // namespace lipsync::inference

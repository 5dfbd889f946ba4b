// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "inference/child_process.h"
#include "inference/torch_worker.h"
#include "inference/worker_service.h"
#include "options.h"
#include "output.h"
#include "worker_library.h"

#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <unistd.h>

namespace lipsync::cli {

namespace {

constexpr const char* kTokenVariable = "LIPSYNC_WORKER_TOKEN";
constexpr const char* kUnixPrefix = "unix:";

struct WorkerRequest {
    std::string socket; ///< for a parent of our own
    std::string listen; ///< for other machines
    std::vector<std::filesystem::path> library;
    inference::TorchWorkerOptions worker;
};

Status checkRequest(const WorkerRequest& request)
{
    if (request.socket.empty() == request.listen.empty())
        return failure(ErrorCode::Usage, "A worker needs an address: --listen HOST:PORT.");
    if (!request.socket.empty() && !request.socket.starts_with(kUnixPrefix))
        return failure(ErrorCode::Usage, "--socket takes unix:PATH.");
    if (!request.listen.empty() && request.library.empty())
        return failure(ErrorCode::Usage, "A worker for other machines needs its avatars: --library DIR.");
    return {};
}

void waitFor(const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [] { return false; });
}

Status serveWorker(const WorkerRequest& request, const std::stop_token& stop)
{
    if (auto checked = checkRequest(request); !checked)
        return checked;
    std::optional<inference::EndWithParent> endWithParent;
    inference::WorkerServiceOptions options;
    inference::ModelResolver resolver = inference::resolveOnThisHost;
    if (request.socket.empty()) {
        const char* token = std::getenv(kTokenVariable);
        options = {request.listen, token ? token : ""};
        resolver = [library = std::make_shared<WorkerLibrary>(request.library)](const auto& wanted) {
            return library->resolve(wanted);
        };
    } else {
        options = {request.socket, {}};
        endWithParent.emplace(STDIN_FILENO, request.socket.substr(std::string(kUnixPrefix).size()));
    }
    auto registry = std::make_shared<inference::ModelRegistry>();
    auto worker = inference::makeTorchWorker(registry, std::make_shared<inference::SharedNetworks>(), request.worker);
    const auto service = inference::WorkerService::start(registry, std::move(worker), resolver, options);
    if (!service)
        return failure(service);
    if (auto told =
            printText(fmt::format("Serving {} on {}; Ctrl-C ends it.\n", request.worker.device, (*service)->address()));
        !told)
        return told;
    waitFor(stop);
    return {};
}

} // namespace

void addWorkerCommand(CommandLine& line)
{
    constexpr int kMostThreads = 256;
    auto request = std::make_shared<WorkerRequest>();
    auto& worker = request->worker;
    worker.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    worker.imageCacheBytes = nn::kImageCacheBytes;
    auto* command = line.app.add_subcommand("worker", "Lend a device of this machine to engines on other machines");
    command->add_option("--listen", request->listen, "Address to serve; port 0 takes a free one")
        ->type_name("HOST:PORT");
    command->add_option("--library", request->library, "Avatar folder, or a folder of them; may be repeated")
        ->type_name("DIR");
    command->add_option("--socket", request->socket, "Address to serve for the process that started this one")
        ->type_name("unix:PATH")
        ->group("");
    command->add_option("--image-cache", worker.imageCacheBytes, "Bytes to keep of template frames for each network")
        ->group("");
    command->add_option("--device", worker.device, "Where the network runs: cpu, cuda or cuda:N")
        ->capture_default_str();
    command->add_option("--threads", worker.threads, "Computing threads on cpu; default: one a core")
        ->check(CLI::Range(1, kMostThreads))
        ->capture_default_str();
    addChoice(*command, "--precision", worker.arithmetic,
              {{"fp32", Arithmetic::Fp32}, {"bf16", Arithmetic::Bf16}, {"fp16", Arithmetic::Fp16}},
              "Arithmetic of the network, where the device has it");
    command->footer(
        "Engines elsewhere use it as the device HOST:PORT. Both machines need the same avatars. An address that other\n"
        "machines reach needs the same token in the variable LIPSYNC_WORKER_TOKEN on both sides; what is sent is not\n"
        "encrypted, so keep to a network you trust or to an SSH tunnel.\n"
        "Examples:\n"
        "  lipsync worker --listen 127.0.0.1:7460 --library avatars/\n"
        "  LIPSYNC_WORKER_TOKEN=... lipsync worker --listen 0.0.0.0:7460 --library avatars/ --device cuda:0 "
        "--precision bf16");
    command->callback(
        [&line, request] { line.chosen = [&line, request] { return serveWorker(*request, line.stop); }; });
}

} // namespace lipsync::cli

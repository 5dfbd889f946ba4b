// SPDX-License-Identifier: GPL-3.0-or-later
// What the way to a worker of another process and back costs a batch, with pictures in the reply and in shared memory.
// The worker itself only fills its pictures with a byte.
#include "engine/inference/scripted_worker.h"
#include "inference/worker_client.h"
#include "inference/worker_service.h"
#include "nn/torch_runtime.h"

#include <benchmark/benchmark.h>

#include <filesystem>

#include <unistd.h>

namespace {

using namespace lipsync;

/// Arguments: side of a picture, pictures of a batch, 1 for shared memory.
void runServedBatch(benchmark::State& state)
{
    nn::keepMemoryBlocks();
    const auto batchSize = static_cast<int>(state.range(1));
    const auto address = fmt::format(
        "unix:{}",
        (std::filesystem::temp_directory_path() / fmt::format("lipsync-bench-{}.socket", getpid())).string());
    auto model = test::scriptedModel("/proc/self/exe");
    model.spec.kind = state.range(0) == 320 ? nn::GeneratorKind::SyncTalk2D328 : nn::GeneratorKind::SyncTalk2D160;
    auto crops = nn::TemplateCrops::create(test::kScriptedFrames, model.spec.cropSize());
    if (!crops)
        return state.SkipWithError(crops.error().message.c_str());
    model.crops = *crops;

    auto registry = std::make_shared<inference::ModelRegistry>();
    const auto service = inference::WorkerService::start(registry, std::make_unique<test::ScriptedWorker>(registry),
                                                         inference::resolveOnThisHost, {address, {}});
    if (!service)
        return state.SkipWithError(service.error().message.c_str());
    inference::WorkerClient client({address, {}});
    Status ready = client.start();
    if (ready)
        ready = client.prepare(inference::requestFor(1, model, {batchSize}, /*sharesFiles=*/true), state.range(2) != 0);
    if (!ready)
        return state.SkipWithError(ready.error().message.c_str());

    std::vector<std::shared_ptr<const scheduling::JobContent>> mouths;
    for (int i = 0; i < batchSize; ++i)
        mouths.push_back(test::mouth(i % test::kScriptedFrames, i));
    auto batch = test::batchOf(1, std::move(mouths));
    batch.paddedSize = batchSize;
    for ([[maybe_unused]] auto _ : state) {
        if (const auto outcome = client.run(batch, model.spec); outcome.failure != scheduling::BatchFailure::None)
            return state.SkipWithError(outcome.error.message.c_str());
    }
}
BENCHMARK(runServedBatch)
    ->ArgNames({"side", "batch", "shared"})
    ->ArgsProduct({{160, 320}, {1, 2, 4, 8}, {0, 1}})
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

} // namespace

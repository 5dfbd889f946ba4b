// SPDX-License-Identifier: GPL-3.0-or-later
// Workers with a real network: what a worker adds to the bare generator, and
// how several share the processor.
#include "inference/torch_worker.h"
#include "nn/formula_weights.h"
#include "nn/torch_runtime.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include <unistd.h>

namespace {

using namespace lipsync;

constexpr int kTemplateFrames = 4;

/// A model with formula weights, workers that share it, and a batch for each of
/// them.
class WorkerBench {
public:
    WorkerBench(const nn::GeneratorSpec& spec, int batch, int threads, int workers)
        : m_weights(std::filesystem::temp_directory_path() / fmt::format("lipsync-bench-{}.safetensors", getpid()))
    {
        nn::keepMemoryBlocks();
        auto crops = nn::TemplateCrops::create(kTemplateFrames, spec.cropSize());
        if (!crops || !nn::writeSafetensors(m_weights, nn::formulaWeights(spec)))
            return;
        for (int frame = 0; frame < kTemplateFrames; ++frame) {
            const auto written = (*crops)->write(frame, [&](std::span<std::uint8_t> bytes) -> Status {
                std::ranges::fill(bytes, static_cast<std::uint8_t>(40 * frame));
                return {};
            });
            if (!written)
                return;
        }
        m_batch.model = m_models->add({"bench", m_weights, {}, spec, *crops});
        m_batch.paddedSize = batch;
        for (int i = 0; i < batch; ++i) {
            auto mouth = std::make_shared<inference::MouthContent>();
            mouth->templateFrame = i % kTemplateFrames;
            mouth->window = nn::formulaFeatures(spec.audioElements());
            m_batch.contents.push_back(std::move(mouth));
        }
        for (int i = 0; i < workers; ++i) {
            m_workers.push_back(
                inference::makeTorchWorker(m_models, m_networks, {.device = "cpu", .threads = threads}));
            if (!m_workers.back()->start() || !m_workers.back()->prepare(m_batch.model, {batch}))
                return;
        }
        m_ready = true;
    }
    ~WorkerBench()
    {
        std::error_code ignored;
        std::filesystem::remove(m_weights, ignored);
    }

    bool isReady() const { return m_ready; }
    bool run(std::size_t worker) { return m_workers[worker]->run(m_batch).failure == scheduling::BatchFailure::None; }

private:
    const std::filesystem::path m_weights;
    const std::shared_ptr<inference::ModelRegistry> m_models = std::make_shared<inference::ModelRegistry>();
    const std::shared_ptr<inference::SharedNetworks> m_networks = std::make_shared<inference::SharedNetworks>();
    std::vector<std::unique_ptr<scheduling::Worker>> m_workers;
    scheduling::Batch m_batch;
    bool m_ready = false;
};

nn::GeneratorSpec specOf(std::int64_t side)
{
    constexpr int kWidth = 16;
    return {side == 320 ? nn::GeneratorKind::SyncTalk2D328 : nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave,
            kWidth};
}

/// Arguments: picture side, batch. The time is the worker's; both speeds are
/// counted in turns in the same run.
void workerAgainstBareGenerator(benchmark::State& state)
{
    using Seconds = std::chrono::duration<double>;
    const auto spec = specOf(state.range(0));
    const int batch = static_cast<int>(state.range(1));
    WorkerBench bench(spec, batch, /*threads=*/1, /*workers=*/1);
    const auto bare = nn::Generator::create(nn::formulaWeights(spec), spec, {.threads = 1});
    if (!bench.isReady() || !bare)
        return state.SkipWithError("The worker could not be made.");
    const std::vector<std::uint8_t> pictures(spec.pictureBytes() * static_cast<std::size_t>(batch));
    const auto windows = nn::formulaFeatures(spec.audioElements() * static_cast<std::size_t>(batch));
    std::vector<std::uint8_t> output(pictures.size());
    double bareSeconds = 0, workerSeconds = 0;
    for ([[maybe_unused]] auto _ : state) {
        const auto begun = std::chrono::steady_clock::now();
        if (!(*bare)->run(pictures, windows, batch, output))
            return state.SkipWithError("The generator failed.");
        const auto between = std::chrono::steady_clock::now();
        if (!bench.run(0))
            return state.SkipWithError("The worker failed.");
        const Seconds taken = std::chrono::steady_clock::now() - between;
        bareSeconds += Seconds(between - begun).count();
        workerSeconds += taken.count();
        state.SetIterationTime(taken.count());
    }
    const auto frames = static_cast<double>(state.iterations() * batch);
    state.counters["bare_frames_per_second"] = frames / bareSeconds;
    state.counters["worker_frames_per_second"] = frames / workerSeconds;
}
BENCHMARK(workerAgainstBareGenerator)
    ->ArgNames({"side", "batch"})
    ->ArgsProduct({{160, 320}, {1, 2, 4, 8}})
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();

/// Arguments: picture side, workers, computing threads of each. Every worker
/// runs one frame an iteration.
void workersSideBySide(benchmark::State& state)
{
    const auto workers = static_cast<std::size_t>(state.range(1));
    WorkerBench bench(specOf(state.range(0)), 1, static_cast<int>(state.range(2)), static_cast<int>(workers));
    if (!bench.isReady())
        return state.SkipWithError("The workers could not be made.");
    for ([[maybe_unused]] auto _ : state) {
        std::vector<std::jthread> threads;
        for (std::size_t worker = 0; worker < workers; ++worker)
            threads.emplace_back([&bench, worker] { benchmark::DoNotOptimize(bench.run(worker)); });
    }
    state.counters["frames_per_second"] = benchmark::Counter(
        static_cast<double>(state.iterations()) * static_cast<double>(workers), benchmark::Counter::kIsRate);
}
BENCHMARK(workersSideBySide)
    ->ArgNames({"side", "workers", "threads"})
    ->ArgsProduct({{160, 320}, {1, 2, 4}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

} // namespace

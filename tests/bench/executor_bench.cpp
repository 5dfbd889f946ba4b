// SPDX-License-Identifier: GPL-3.0-or-later
// What computes a generator on the processor: LibTorch, oneDNN, or our own kernels without and with image halves kept.
// All of it in one run, so that the ratios hold whatever else the machine does.
#include "nn/audio_encoder.h"
#include "nn/formula_weights.h"
#include "nn/generator.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <thread>

namespace {

using namespace lipsync;
using namespace lipsync::nn;

constexpr int kFrames = 4; ///< of the template that is gone through

/// Arguments: picture side of the network (320 or 160), bf16, executor (1 LibTorch, 2 direct, 3 oneDNN), halves kept, threads
/// (0: all cores).
void generatorExecutor(benchmark::State& state)
{
    const GeneratorSpec spec{state.range(0) == 320 ? GeneratorKind::SyncTalk2D328 : GeneratorKind::SyncTalk2D160,
                             AudioMode::Ave};
    constexpr std::size_t kRoom = std::size_t{256} << 20; // for all frames
    const auto generator = Generator::create(formulaWeights(spec), spec,
                                             {.precision = state.range(1) ? Precision::Bf16 : Precision::Fp32,
                                              .threads = static_cast<int>(state.range(4)),
                                              .executor = static_cast<Executor>(state.range(2)),
                                              .imageCacheBytes = state.range(3) ? kRoom : 0});
    if (!generator)
        return state.SkipWithError(generator.error().message.c_str());
    std::vector<std::uint8_t> pictures(spec.pictureBytes() * kFrames);
    for (std::size_t i = 0; i < pictures.size(); ++i)
        pictures[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
    const auto window = formulaFeatures(spec.audioElements());
    std::vector<std::uint8_t> output(spec.pictureBytes());
    std::size_t frame = 0;
    const auto next = [&] {
        const auto picture = std::span(pictures).subspan(frame++ % kFrames * spec.pictureBytes(), spec.pictureBytes());
        return (*generator)->run(picture, window, 1, output);
    };
    for (int i = 0; i < kFrames; ++i) {
        if (const auto ran = next(); !ran)
            return state.SkipWithError(ran.error().message.c_str());
    }
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(next());
    state.counters["frames_per_second"] =
        benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/// Arguments: executor (1 LibTorch, 2 direct), threads (0: all cores).
void audioEncoderExecutor(benchmark::State& state)
{
    const auto encoder = AudioEncoder::create(
        formulaAudioEncoderWeights(),
        {.threads = static_cast<int>(state.range(1)), .executor = static_cast<Executor>(state.range(0))});
    if (!encoder)
        return state.SkipWithError(encoder.error().message.c_str());
    const auto mel = formulaMel(std::size_t{kMelBands} * kMelWindowColumns);
    std::vector<float> feature(kAudioFeatureSize);
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize((*encoder)->encode(mel, 1, feature));
}

void everyExecutor(benchmark::internal::Benchmark* cases)
{
    for (const int side : {160, 320}) {
        for (const int bf16 : {0, 1}) {
            for (const int threads : {0, 1}) {
                for (const auto executor : {Executor::LibTorch, Executor::OneDnn})
                    cases->Args({side, bf16, static_cast<int>(executor), 0, threads});
                for (const int kept : {0, 1})
                    cases->Args({side, bf16, static_cast<int>(Executor::Direct), kept, threads});
            }
        }
    }
    cases->ArgNames({"side", "bf16", "executor", "kept", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
}

BENCHMARK(generatorExecutor)->Apply(everyExecutor);
BENCHMARK(audioEncoderExecutor)
    ->ArgNames({"executor", "threads"})
    ->ArgsProduct({{static_cast<int>(Executor::LibTorch), static_cast<int>(Executor::Direct)}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

} // namespace

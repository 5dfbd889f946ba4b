// SPDX-License-Identifier: GPL-3.0-or-later
// The bare networks: frames a second of a generator by size, batch and precision, and features a second of the encoder.
#include "nn/audio_encoder.h"
#include "nn/formula_weights.h"
#include "nn/generator.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <thread>

namespace {

using namespace lipsync;
using namespace lipsync::nn;

int allCores()
{
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

/// Bytes without a pattern; what they are does not change the time.
std::vector<std::uint8_t> somePictures(std::size_t bytes)
{
    std::vector<std::uint8_t> pictures(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
        pictures[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
    return pictures;
}

/// Arguments: picture side of the network (320 or 160), width, precision, batch.
void generatorForward(benchmark::State& state)
{
    const GeneratorSpec spec{state.range(0) == 320 ? GeneratorKind::SyncTalk2D328 : GeneratorKind::SyncTalk2D160,
                             AudioMode::Ave, static_cast<int>(state.range(1))};
    const auto precision = static_cast<Precision>(state.range(2));
    const int batch = static_cast<int>(state.range(3));
    const auto generator =
        Generator::create(formulaWeights(spec), spec, {.precision = precision, .threads = allCores()});
    if (!generator)
        return state.SkipWithError(generator.error().message.c_str());
    const auto pictures = somePictures(spec.pictureBytes() * static_cast<std::size_t>(batch));
    const auto windows = formulaFeatures(spec.audioElements() * static_cast<std::size_t>(batch));
    std::vector<std::uint8_t> output(pictures.size());
    for ([[maybe_unused]] auto _ : state) {
        if (const auto ran = (*generator)->run(pictures, windows, batch, output); !ran)
            return state.SkipWithError(ran.error().message.c_str());
    }
    state.counters["frames_per_second"] =
        benchmark::Counter(static_cast<double>(state.iterations() * batch), benchmark::Counter::kIsRate);
}

/// Argument: batch.
void audioEncoderForward(benchmark::State& state)
{
    const int batch = static_cast<int>(state.range(0));
    const auto encoder = AudioEncoder::create(formulaAudioEncoderWeights(), {.threads = allCores()});
    if (!encoder)
        return state.SkipWithError(encoder.error().message.c_str());
    const auto mel = formulaMel(static_cast<std::size_t>(batch) * kMelBands * kMelWindowColumns);
    std::vector<float> features(static_cast<std::size_t>(batch) * kAudioFeatureSize);
    for ([[maybe_unused]] auto _ : state) {
        if (const auto ran = (*encoder)->encode(mel, batch, features); !ran)
            return state.SkipWithError(ran.error().message.c_str());
    }
    state.counters["features_per_second"] =
        benchmark::Counter(static_cast<double>(state.iterations() * batch), benchmark::Counter::kIsRate);
}

void everyBatch(benchmark::internal::Benchmark* cases)
{
    for (const int width : {16, 32}) {
        for (const int side : {160, 320}) {
            for (const auto precision : {Precision::Fp32, Precision::Bf16}) {
                for (const int batch : {1, 2, 4, 8})
                    cases->Args({side, width, static_cast<int>(precision), batch});
            }
        }
    }
    cases->ArgNames({"side", "width", "bf16", "batch"})->Unit(benchmark::kMillisecond)->UseRealTime();
}

BENCHMARK(generatorForward)->Apply(everyBatch);
BENCHMARK(audioEncoderForward)
    ->ArgName("batch")
    ->RangeMultiplier(2)
    ->Range(1, 8)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

} // namespace

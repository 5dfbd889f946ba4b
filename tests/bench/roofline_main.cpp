// SPDX-License-Identifier: GPL-3.0-or-later
// lipsync-roofline [320|160 [WIDTH]]: what bounds the network on this processor. The bytes and operations of its layers
// are counted, the processor's ceilings and the own executor are measured, all in one run, and laid beside each other.
#include "bench/processor_peaks.h"
#include "nn/direct/executor.h"
#include "nn/direct/layer_work.h"
#include "nn/formula_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string_view>
#include <thread>

namespace {

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::nn::direct;

constexpr double kGiga = 1e9, kMega = 1e6, kMilli = 1e3;
constexpr int kFrames = 4; ///< of the template that is gone through
constexpr int kTurns = 5; ///< through all frames; the best counts
constexpr std::size_t kRoom = std::size_t{256} << 20; ///< for the image halves of all frames

/// A second's worth of each of them.
struct Ceilings {
    double matrix = 0, depthwise = 0, bytes = 0;
};

/// The least time a layer can take: its arithmetic, which shares the same units, or its bytes, whichever is longer.
double leastSeconds(const LayerWork& work, const Ceilings& most)
{
    return std::max(work.matrix / most.matrix + work.depthwise / most.depthwise, work.bytes / most.bytes);
}

double measuredSeconds(const std::shared_ptr<const DirectNetwork>& network, int threads, bool keepsHalves)
{
    const auto& spec = network->spec;
    const auto cache = keepsHalves ? std::make_shared<ImageHalfCache>(kRoom) : nullptr;
    DirectExecutor executor(network, threads, cache);
    std::vector<std::uint8_t> pictures(spec.pictureBytes() * kFrames), output(spec.pictureBytes());
    for (std::size_t i = 0; i < pictures.size(); ++i)
        pictures[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
    const auto window = formulaFeatures(spec.audioElements());
    const auto rowBytes = spec.pictureBytes() / static_cast<std::size_t>(spec.pictureSize());
    double best = 0;
    for (int turn = 0; turn <= kTurns; ++turn) { // the first warms up
        const auto begin = std::chrono::steady_clock::now();
        for (std::size_t frame = 0; frame < kFrames; ++frame)
            executor.run(pictures.data() + frame * spec.pictureBytes(), rowBytes, window, output);
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / kFrames;
        if (turn > 0)
            best = turn == 1 ? seconds : std::min(best, seconds);
    }
    return best;
}

void show(const GeneratorSpec& spec, const WeightSet& weights, const KernelSet& kernels, const Ceilings& most,
          int threads)
{
    const auto network = DirectNetwork::create(weights, spec, kernels);
    if (!network) {
        fmt::print(stderr, "{}\n", network.error().message);
        return;
    }
    fmt::print("\n{}, {}, {} threads\n", spec.name(), kernels.name, threads);
    fmt::print("layer      matrix GFLOP  depthwise GFLOP  maps MB  FLOP a byte  least ms  bound by\n");
    LayerWork whole, heard;
    double least = 0, leastHeard = 0;
    for (const auto& work : countWork(**network)) {
        const double seconds = leastSeconds(work, most);
        for (LayerWork* sum : {&whole, &heard}) {
            if (sum == &heard && work.knownAhead)
                continue;
            sum->matrix += work.matrix;
            sum->depthwise += work.depthwise;
            sum->bytes += work.bytes;
        }
        least += seconds;
        leastHeard += work.knownAhead ? 0 : seconds;
        const double operations = work.matrix + work.depthwise;
        fmt::print("{:<10} {:>12.3f} {:>16.3f} {:>8.1f} {:>12.0f} {:>9.2f}  {}\n", work.name, work.matrix / kGiga,
                   work.depthwise / kGiga, work.bytes / kMega, operations / work.bytes, seconds * kMilli,
                   seconds > work.bytes / most.bytes ? "arithmetic" : "memory");
    }
    const auto line = [&](std::string_view name, const LayerWork& sum, double bound, double measured) {
        fmt::print("{:<22} {:.2f} + {:.2f} GFLOP, {:.0f} MB: at least {:.1f} ms, {:.1f} frames/s; measured {:.1f} ms, "
                   "{:.1f} frames/s: {:.0f} % of the ceiling\n",
                   name, sum.matrix / kGiga, sum.depthwise / kGiga, sum.bytes / kMega, bound * kMilli, 1 / bound,
                   measured * kMilli, 1 / measured, 100 * bound / measured);
    };
    line("a whole frame", whole, least, measuredSeconds(*network, threads, false));
    line("with image half kept", heard, leastHeard, measuredSeconds(*network, threads, true));
}

} // namespace

int main(int argc, char** argv)
{
    const auto number = [&](int index, int otherwise) {
        if (index >= argc)
            return otherwise;
        const std::string_view text = argv[index];
        int value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    const int side = number(1, 320);
    if (side != 320 && side != 160) {
        fmt::print(stderr, "usage: lipsync-roofline [320|160 [WIDTH]]\n");
        return 2;
    }
    GeneratorSpec spec{side == 320 ? GeneratorKind::SyncTalk2D328 : GeneratorKind::SyncTalk2D160, AudioMode::Ave};
    spec.width = std::clamp(number(2, spec.width), 4, 64);
    if (!DirectNetwork::covers(spec)) {
        fmt::print(stderr, "This processor has none of the instructions that the own executor needs.\n");
        return 1;
    }
    const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    const double floats = bench::floatPeak(threads), pairs = bench::bf16Peak(threads);
    const double read = bench::readRate(threads), copied = bench::copyRate(threads);
    fmt::print("{} threads: fp32 {:.0f} GFLOP/s, bf16 {:.0f} GFLOP/s, memory {:.1f} GB/s read, {:.1f} GB/s copied\n",
               threads, floats / kGiga, pairs / kGiga, read / kGiga, copied / kGiga);
    const auto weights = formulaWeights(spec);
    show(spec, weights, *kernelsFloat(), {floats, floats, copied}, threads);
    if (const auto* bf16 = kernelsBf16())
        show(spec, weights, *bf16, {pairs, floats, copied}, threads);
    return 0;
}

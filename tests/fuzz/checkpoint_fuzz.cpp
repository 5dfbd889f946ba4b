// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds arbitrary bytes to the reader of checkpoints: zip archives, pickles, the legacy format, safetensors. Run by
// libFuzzer or by the replay driver beside it.
#include "nn/checkpoint/checkpoint.h"
#include "nn/checkpoint/pickle.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

void checkWeights(const lipsync::nn::WeightSet& weights)
{
    for (const auto& [name, weight] : weights) {
        std::size_t elements = 1;
        for (const std::int64_t side : weight.shape)
            elements *= static_cast<std::size_t>(side);
        if (elements != weight.values.size())
            std::abort();
        for (const float value : weight.values) {
            if (!std::isfinite(value))
                std::abort();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // A copy of exactly that size, so that the sanitizer sees every step past its end.
    const auto bytes = std::make_shared<const std::vector<char>>(data, data + size);
    const auto checkpoint = lipsync::nn::parseCheckpoint(*bytes, bytes);
    if (checkpoint)
        checkWeights(checkpoint->weights);
    else if (checkpoint.error().code != lipsync::ErrorCode::InvalidInput || checkpoint.error().message.empty())
        std::abort();
    // Mutations of an archive seldom reach the machine inside it.
    lipsync::nn::MemoryBudget memory(size);
    if (const auto tree = lipsync::nn::unpickle(*bytes, memory); tree && tree->length() > size)
        std::abort();
    return 0;
}

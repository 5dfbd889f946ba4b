// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds arbitrary bytes to the safetensors reader; run by libFuzzer or by the replay driver beside it.
#include "nn/weight_set.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto weights = lipsync::nn::parseSafetensors({reinterpret_cast<const char*>(data), size});
    if (!weights)
        return 0;
    for (const auto& [name, weight] : *weights) {
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
    return 0;
}

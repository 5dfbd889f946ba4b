// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds arbitrary bytes to the NPY reader; run by libFuzzer or by the corpus runner beside it.
#include "base/npy.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto array = lipsync::parseNpy({reinterpret_cast<const char*>(data), size}, "fuzz.npy");
    if (!array)
        return 0;
    std::size_t count = 1;
    for (const std::size_t extent : array->shape)
        count *= extent;
    if (count != array->values.size())
        std::abort();
    return 0;
}

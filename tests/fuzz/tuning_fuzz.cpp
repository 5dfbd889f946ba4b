// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: text from outside as tuning.json.
#include "tuning/saved_tuning.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace lipsync::tuning;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // What was accepted must be written so that it is accepted again, unchanged.
    if (const auto tunings = parseTunings(text)) {
        const auto again = parseTunings(toJson(*tunings));
        if (!again || *again != *tunings)
            std::abort();
    }
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: text from outside as a scenario of `lipsync simulate`.
#include "scenario_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto scenario = lipsync::cli::parseScenario({reinterpret_cast<const char*>(data), size});
    if (!scenario) {
        if (scenario.error().message.empty())
            std::abort();
        return 0;
    }
    // What was accepted can be played.
    const auto& sizes = scenario->options.batchSizes;
    if (scenario->workers.empty() || scenario->loads.empty() || sizes.empty() || sizes.front() < 1)
        std::abort();
    return 0;
}

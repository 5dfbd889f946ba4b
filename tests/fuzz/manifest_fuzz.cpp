// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: text from outside as avatar.json and as crops.json.
#include "avatar/avatar_manifest.h"
#include "avatar/crop_rectangle.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace lipsync::avatar;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // What was accepted must be written so that it is accepted again, unchanged.
    if (const auto manifest = parseManifest(text)) {
        const auto again = parseManifest(toJson(*manifest));
        if (!again || *again != *manifest)
            std::abort();
    }
    if (const auto crops = parseCrops(text)) {
        const auto again = parseCrops(toJson(*crops));
        if (!again || *again != *crops)
            std::abort();
    }
    return 0;
}

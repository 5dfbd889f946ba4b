// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: bytes from the disk as a segment of an unfinished video.
#include "media/segment_file.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace lipsync::media;
    const std::span bytes(data, size);
    // What was accepted must be written as the very same bytes.
    if (const auto segment = parseSegment(bytes)) {
        const auto again = toBytes(*segment);
        if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()))
            std::abort();
    }
    return 0;
}

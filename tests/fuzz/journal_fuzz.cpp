// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: text from outside as the journal of an export queue.
#include "export_journal.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace lipsync;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // What was accepted must be written so that it is accepted again, unchanged.
    if (const auto journal = parseJournal(text)) {
        const auto written = toJson(*journal);
        const auto again = parseJournal(written);
        if (!again || toJson(*again) != written)
            std::abort();
    }
    return 0;
}

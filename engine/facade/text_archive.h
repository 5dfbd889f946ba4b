// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace lipsync {

/// A text that goes into an archive, e.g. a part of the diagnostics that an operator sends.
struct ArchivedText {
    std::string name; ///< inside the archive, e.g. "log.txt"
    std::string text; ///< UTF-8
};

} // namespace lipsync

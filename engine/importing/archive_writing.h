// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace lipsync::importing {

/// A file of an archive that is written.
struct ZipText {
    std::string name; ///< inside the archive; isInnerPath()
    std::string text;
};

/// Writes a ZIP archive of texts, whole or not at all; one that is there is replaced. Resource when it cannot be
/// written, Usage for names that are given twice or lead outside.
Status writeZip(const std::filesystem::path& file, const std::vector<ZipText>& texts);

} // namespace lipsync::importing

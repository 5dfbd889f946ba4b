// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lipsync::architecture {

/// One #include of a source file.
struct Include {
    std::string path; ///< as written, without quotes or brackets
    bool quoted = false; ///< "…" rather than <…>
    int line = 0; ///< from 1
};

/// A C++ source file as the scan sees it.
struct SourceText {
    std::vector<std::string> lines; ///< as written
    std::vector<std::string> code; ///< the same lines with comments and the insides of literals blanked out
    std::vector<Include> includes;
};

/// Splits and blanks a text; never fails, since what does not compile is the compiler's to say.
SourceText readSource(const std::string& text);

/// The same of a file; empty when it cannot be read.
SourceText readSource(const std::filesystem::path& file);

} // namespace lipsync::architecture

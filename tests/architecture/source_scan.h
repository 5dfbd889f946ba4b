// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lipsync::architecture {

/// A third-party library by the beginnings of its headers' names, e.g. "opencv2/".
struct Library {
    std::string name;
    std::vector<std::string> headers; ///< regular expressions that match from the first character
};

/// A part of the project and what it may include. Standard and system headers are free to all.
struct Room {
    std::string path; ///< folder or single file from the project's root; the longest match counts
    std::vector<std::string> mayInclude; ///< paths of rooms it may include besides itself
    std::vector<std::string> libraries; ///< names of libraries it may include
    std::vector<std::string> mustNotReach; ///< libraries that must not come in through project headers either
};

/// Everything the scan knows.
struct Rules {
    std::vector<Library> libraries;
    std::vector<Room> rooms;
    std::vector<std::string> includeRoots; ///< folders against which quoted includes are resolved
    std::vector<std::string> styledFolders; ///< scanned for SPDX lines, #pragma once and Qt keywords
};

/// One broken rule.
struct Violation {
    std::string file; ///< from the project's root
    int line = 1;
    std::string rule; ///< a sentence

    std::string text() const { return file + ":" + std::to_string(line) + ": " + rule; }
};

/// Scans all C++ files of the styled folders under `root`, sorted by file and line.
std::vector<Violation> scanSources(const std::filesystem::path& root, const Rules& rules);

} // namespace lipsync::architecture

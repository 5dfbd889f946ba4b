// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync {

/// Reads a whole file of at most `limit` bytes. InvalidInput when missing, a folder or larger; Resource when unreadable.
Result<std::vector<char>> readFile(const std::filesystem::path& file, std::size_t limit);

/// Creates `file` through a neighbour named `file.part`: `write` receives that name, and the result is renamed
/// over `file` only when `write` succeeded and the content is on the disk; otherwise the neighbour is removed.
/// Resource when the folder is missing or the file cannot be put in place. One writer a file at a time.
Status writeWhole(const std::filesystem::path& file, const std::function<Status(const std::filesystem::path&)>& write);

/// Writes `bytes` as `file` by writeWhole; Resource with the system's words when the disk is full or not writable.
Status writeFile(const std::filesystem::path& file, std::string_view bytes);

/// Refuses (Usage) an output without a name, one that is an input under whatever name or lies in an input folder,
/// and one whose unfinished neighbour output.part is an input.
Status checkKeepsInputs(const std::filesystem::path& output, std::initializer_list<std::filesystem::path> inputs);

/// lipsync-studio/NAME in $XDG_CONFIG_HOME or ~/.config: what is kept for one user; empty where there is no home.
std::filesystem::path configurationFile(std::string_view name);

/// SHA-256 of a file's content as 64 lower-case hex digits. Reads in small pieces, so any size will do.
Result<std::string> sha256(const std::filesystem::path& file);

} // namespace lipsync

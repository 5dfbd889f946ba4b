// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace lipsync::importing {

/// What an archive may hold, so that a hostile one can fill neither disk nor time.
struct ArchiveLimits {
    std::uint64_t entries = 400'000;
    std::uint64_t fileBytes = std::uint64_t{4} << 30; ///< unpacked, of one file
    std::uint64_t totalBytes = std::uint64_t{16} << 30; ///< unpacked, of all that are wanted
    double ratio = 200.0; ///< most that a file beyond a mebibyte may grow
};

/// Whether the file begins as a ZIP archive does. A PyTorch checkpoint does too.
bool isZip(const std::filesystem::path& file);

/// Whether a ZIP archive holds a file of that name, in whatever folder.
bool zipHolds(const std::filesystem::path& file, std::string_view name);

/// Whether it holds one whose path inside is what is looked for.
bool zipHolds(const std::filesystem::path& file,
              const std::function<bool(const std::filesystem::path& inside)>& isLookedFor);

/// Unpacks the files of a ZIP archive for which `isWanted` (their path inside, '/' between folders) into `folder`,
/// which must exist. InvalidInput when it is damaged, encrypted or beyond the limits, or when any name in it leads
/// outside of it, wanted or not; what was unpacked by then stays for the caller to remove. Interrupted by `stop`.
Status unpackZip(const std::filesystem::path& file, const std::filesystem::path& folder,
                 const std::function<bool(const std::string& path)>& isWanted, const std::stop_token& stop = {},
                 const ArchiveLimits& limits = {});

/// Whether a name in an archive stays inside the folder that it is unpacked to.
bool isInnerPath(std::string_view path);

} // namespace lipsync::importing

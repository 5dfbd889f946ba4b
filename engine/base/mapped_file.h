// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <memory>
#include <span>

namespace lipsync {

/// A whole file as memory that cannot be written: pages are read when they are looked at, and a file that was replaced
/// (renamed over) meanwhile stays as it was. Unmapped with its owner; any thread.
class MappedFile {
public:
    /// InvalidInput when missing, no regular file or larger than `limit`; Resource when it cannot be read or mapped.
    static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& file, std::size_t limit);
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::span<const char> bytes() const { return m_bytes; }

private:
    explicit MappedFile(std::span<const char> bytes)
        : m_bytes(bytes)
    {
    }
    const std::span<const char> m_bytes;
};

} // namespace lipsync

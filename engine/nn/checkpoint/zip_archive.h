// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>

namespace lipsync::nn {

/// A member of an archive. Where its data begins is known once its own header was looked at: see ZipArchive::content().
struct ZipMember {
    std::uint64_t headerOffset = 0;
    std::uint64_t packedBytes = 0, bytes = 0;
    std::uint32_t checksum = 0; ///< CRC-32 as the archive has it
    std::uint16_t method = 0; ///< 0: stored as it is
    bool encrypted = false;
};

/// The directory of a zip archive in memory (PKWARE's APPNOTE, with ZIP64). Members are views of that memory, so only
/// stored ones can be read. Everything is bounded by the archive's size; errors are phrases without the file's name.
class ZipArchive {
public:
    static constexpr std::size_t kMaxMembers = 200'000;

    /// InvalidInput when there is no directory at the end (a truncated file), or when it is broken.
    static Result<ZipArchive> parse(std::span<const char> bytes);

    const std::map<std::string_view, ZipMember>& members() const { return m_members; }
    bool contains(std::string_view name) const { return m_members.contains(name); }
    /// The bytes of a member. InvalidInput when it is missing, compressed, encrypted or lies past the end.
    Result<std::span<const char>> content(std::string_view name) const;
    /// Whether the member's checksum is that of its bytes. PyTorch can be told to write none that is right.
    bool checksumFits(std::string_view name) const;

private:
    std::span<const char> m_bytes;
    std::map<std::string_view, ZipMember> m_members; ///< names are views of the bytes
};

/// The header in front of a member's data, for archives whose directory is lost.
struct ZipLocalHeader {
    std::string_view name;
    std::size_t dataOffset = 0;
    std::uint64_t bytes = 0; ///< 0 where the size is only said behind the data
};

/// The member whose header begins at `offset`; empty optional when none does.
std::optional<ZipLocalHeader> zipHeaderAt(std::span<const char> bytes, std::size_t offset);

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/checkpoint/zip_archive.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace lipsync::nn {

namespace {

constexpr std::string_view kLocalHeader("PK\x03\x04", 4);
constexpr std::string_view kDirectoryEntry("PK\x01\x02", 4);
constexpr std::string_view kDirectoryEnd("PK\x05\x06", 4);
constexpr std::string_view kDirectoryEnd64("PK\x06\x06", 4);
constexpr std::string_view kLocator64("PK\x06\x07", 4);

constexpr std::size_t kLocalHeaderBytes = 30;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kLocatorBytes = 20;
constexpr std::size_t kMaxCommentBytes = 65535;
constexpr std::uint16_t kExtra64 = 1;
constexpr std::uint16_t kEncryptedFlag = 1;
constexpr std::uint32_t kIn64 = 0xFFFFFFFFu; ///< the number is in the ZIP64 field

template <typename T> T numberAt(std::span<const char> bytes, std::size_t offset)
{
    T number;
    std::memcpy(&number, bytes.data() + offset, sizeof number); // zip is little-endian, and so are we
    return number;
}

bool startsWith(std::span<const char> bytes, std::size_t offset, std::string_view mark)
{
    return offset <= bytes.size() && bytes.size() - offset >= mark.size() &&
        std::memcmp(bytes.data() + offset, mark.data(), mark.size()) == 0;
}

tl::unexpected<Error> broken(std::string_view why)
{
    return failure(ErrorCode::InvalidInput, std::string(why));
}

struct Directory {
    std::uint64_t offset = 0, bytes = 0, entries = 0;
};

Result<Directory> findDirectory(std::span<const char> bytes)
{
    if (bytes.size() < kEndBytes)
        return broken("the archive is truncated: its directory, which is at the end, is missing");
    const std::size_t last = bytes.size() - kEndBytes;
    const std::size_t first = last > kMaxCommentBytes ? last - kMaxCommentBytes : 0;
    std::size_t end = last + 1;
    do {
        --end;
    } while (!startsWith(bytes, end, kDirectoryEnd) && end > first);
    if (!startsWith(bytes, end, kDirectoryEnd))
        return broken("the archive is truncated: its directory, which is at the end, is missing");

    Directory directory{numberAt<std::uint32_t>(bytes, end + 16), numberAt<std::uint32_t>(bytes, end + 12),
                        numberAt<std::uint16_t>(bytes, end + 10)};
    if (end >= kLocatorBytes && startsWith(bytes, end - kLocatorBytes, kLocator64)) {
        const auto at = numberAt<std::uint64_t>(bytes, end - kLocatorBytes + 8);
        if (at > bytes.size() || bytes.size() - at < kEnd64Bytes || !startsWith(bytes, at, kDirectoryEnd64))
            return broken("the archive's ZIP64 directory is broken");
        directory = {numberAt<std::uint64_t>(bytes, at + 48), numberAt<std::uint64_t>(bytes, at + 40),
                     numberAt<std::uint64_t>(bytes, at + 32)};
    }
    if (directory.offset > end || directory.bytes > end - directory.offset)
        return broken("the archive's directory lies past its end: it is truncated or damaged");
    if (directory.entries > ZipArchive::kMaxMembers || directory.entries * kEntryBytes > directory.bytes)
        return broken("the archive's directory has more entries than fit");
    return directory;
}

/// Replaces the numbers of an entry that are too large for 32 bits by those of its ZIP64 field.
bool readExtra64(std::span<const char> extra, ZipMember& member)
{
    std::size_t at = 0;
    while (extra.size() - at >= 4) {
        const auto kind = numberAt<std::uint16_t>(extra, at);
        const std::size_t length = numberAt<std::uint16_t>(extra, at + 2);
        at += 4;
        if (length > extra.size() - at)
            return false;
        if (kind == kExtra64) {
            auto field = extra.subspan(at, length);
            for (auto* number : {&member.bytes, &member.packedBytes, &member.headerOffset}) {
                if (*number != kIn64)
                    continue;
                if (field.size() < sizeof(std::uint64_t))
                    return false;
                *number = numberAt<std::uint64_t>(field, 0);
                field = field.subspan(sizeof(std::uint64_t));
            }
            return true;
        }
        at += length;
    }
    return true;
}

const std::array<std::uint32_t, 256>& checksumTable()
{
    static const auto table = [] {
        constexpr std::uint32_t kPolynomial = 0xEDB88320u; // CRC-32 of IEEE 802.3, reflected
        std::array<std::uint32_t, 256> values{};
        for (std::uint32_t i = 0; i < values.size(); ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = (value & 1u) ? (value >> 1) ^ kPolynomial : value >> 1;
            values[i] = value;
        }
        return values;
    }();
    return table;
}

} // namespace

Result<ZipArchive> ZipArchive::parse(std::span<const char> bytes)
{
    const auto directory = findDirectory(bytes);
    if (!directory)
        return failure(directory);
    ZipArchive archive;
    archive.m_bytes = bytes;
    auto rest = bytes.subspan(directory->offset, directory->bytes);
    for (std::uint64_t i = 0; i < directory->entries; ++i) {
        if (rest.size() < kEntryBytes || !startsWith(rest, 0, kDirectoryEntry))
            return broken("the archive's directory is damaged");
        const std::size_t name = numberAt<std::uint16_t>(rest, 28), extra = numberAt<std::uint16_t>(rest, 30),
                          comment = numberAt<std::uint16_t>(rest, 32);
        if (name + extra + comment > rest.size() - kEntryBytes)
            return broken("the archive's directory is damaged");
        ZipMember member{.headerOffset = numberAt<std::uint32_t>(rest, 42),
                         .packedBytes = numberAt<std::uint32_t>(rest, 20),
                         .bytes = numberAt<std::uint32_t>(rest, 24),
                         .checksum = numberAt<std::uint32_t>(rest, 16),
                         .method = numberAt<std::uint16_t>(rest, 10),
                         .encrypted = (numberAt<std::uint16_t>(rest, 8) & kEncryptedFlag) != 0};
        if (!readExtra64(rest.subspan(kEntryBytes + name, extra), member))
            return broken("the archive's directory is damaged");
        const std::string_view named(rest.data() + kEntryBytes, name);
        // Two members of one name would let two readers see two different files.
        if (!archive.m_members.emplace(named, member).second)
            return broken(fmt::format("the archive holds '{}' twice", named));
        rest = rest.subspan(kEntryBytes + name + extra + comment);
    }
    return archive;
}

Result<std::span<const char>> ZipArchive::content(std::string_view name) const
{
    const auto found = m_members.find(name);
    if (found == m_members.end())
        return broken(fmt::format("the archive has no member '{}'", name));
    const auto& member = found->second;
    if (member.encrypted)
        return broken(fmt::format("the archive's member '{}' is encrypted", name));
    if (member.method != 0 || member.packedBytes != member.bytes) {
        return broken(fmt::format("the archive's member '{}' is compressed, which PyTorch never does: it was packed "
                                  "again. Unpack the file and save the checkpoint anew with torch.save()",
                                  name));
    }
    if (member.headerOffset > m_bytes.size() || m_bytes.size() - member.headerOffset < kLocalHeaderBytes)
        return broken(fmt::format("the archive's member '{}' lies past its end: it is truncated or damaged", name));
    const auto header = zipHeaderAt(m_bytes, member.headerOffset);
    if (!header || header->name != name)
        return broken(fmt::format("the archive's member '{}' has a damaged header", name));
    if (header->dataOffset > m_bytes.size() || member.bytes > m_bytes.size() - header->dataOffset)
        return broken(fmt::format("the archive's member '{}' lies past its end: it is truncated or damaged", name));
    return m_bytes.subspan(header->dataOffset, member.bytes);
}

bool ZipArchive::checksumFits(std::string_view name) const
{
    const auto bytes = content(name);
    if (!bytes)
        return false;
    const auto& table = checksumTable();
    std::uint32_t sum = 0xFFFFFFFFu;
    for (const char byte : *bytes)
        sum = table[(sum ^ static_cast<unsigned char>(byte)) & 0xFFu] ^ (sum >> 8);
    return (sum ^ 0xFFFFFFFFu) == m_members.at(name).checksum;
}

std::optional<ZipLocalHeader> zipHeaderAt(std::span<const char> bytes, std::size_t offset)
{
    if (!startsWith(bytes, offset, kLocalHeader) || bytes.size() - offset < kLocalHeaderBytes)
        return {};
    const auto header = bytes.subspan(offset);
    const std::size_t name = numberAt<std::uint16_t>(header, 26), extra = numberAt<std::uint16_t>(header, 28);
    if (name + extra > header.size() - kLocalHeaderBytes)
        return {};
    return ZipLocalHeader{{header.data() + kLocalHeaderBytes, name},
                          offset + kLocalHeaderBytes + name + extra,
                          numberAt<std::uint32_t>(header, 22)};
}

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/segment_file.h"

#include "media/byte_order.h"
#include "media/input_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include <libavutil/crc.h>
}

namespace lipsync::media {
namespace {

namespace fs = std::filesystem;

using Bytes = std::vector<std::uint8_t>;

constexpr std::array<std::uint8_t, 8> kMagic{'L', 'I', 'P', 'S', 'Y', 'N', 'C', 1}; // the last one is the version
constexpr std::uint32_t kMaxIdentityBytes = 1U << 16;
constexpr std::size_t kHeaderBytes = kMagic.size() + 4 + 4; // and the size and checksum of the identity
constexpr std::uint32_t kSegmentRecord = 0x53454753; // "SEGS"
constexpr std::uint32_t kFinishRecord = 0x46494E49; // "FINI"
constexpr std::size_t kRecordBytes = 4 + 4 + 8; // kind, checksum and size of what follows
constexpr std::size_t kPlaceBytes = 8 + 8 + 8; // how a segment begins: first frame, frames, seconds

std::uint32_t checksum(std::span<const std::uint8_t> bytes)
{
    return av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), ~0U, bytes.data(), bytes.size());
}

// All of a stretch of a file; false when the file ends before, or cannot be read.
bool readAt(int descriptor, std::uint64_t position, std::span<std::uint8_t> into)
{
    for (std::size_t done = 0; done < into.size();) {
        const auto got =
            ::pread(descriptor, into.data() + done, into.size() - done, static_cast<off_t>(position + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += static_cast<std::size_t>(got);
    }
    return true;
}

// 0, or the errno of what failed.
int writeAt(int descriptor, std::uint64_t position, std::span<const std::uint8_t> bytes)
{
    for (std::size_t done = 0; done < bytes.size();) {
        const auto put =
            ::pwrite(descriptor, bytes.data() + done, bytes.size() - done, static_cast<off_t>(position + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return put < 0 ? errno : ENOSPC;
        done += static_cast<std::size_t>(put);
    }
    return 0;
}

struct Record {
    std::uint32_t kind = 0;
    std::uint32_t check = 0;
    std::uint64_t bytes = 0;
};

std::optional<Record> recordAt(int descriptor, std::uint64_t position)
{
    std::array<std::uint8_t, kRecordBytes> head{};
    if (!readAt(descriptor, position, head))
        return {};
    ByteReader reader(head);
    const auto kind = reader.number32(), check = reader.number32();
    const auto bytes = reader.number64();
    if ((kind != kSegmentRecord && kind != kFinishRecord) || bytes > kMaxSegmentBytes)
        return {};
    return Record{kind, check, bytes};
}

std::optional<Bytes> payloadAt(int descriptor, std::uint64_t position, const Record& record)
{
    struct stat about { };
    if (::fstat(descriptor, &about) != 0 || position + record.bytes > static_cast<std::uint64_t>(about.st_size))
        return {}; // before memory is taken for it
    Bytes payload(record.bytes);
    if (!readAt(descriptor, position, payload) || checksum(payload) != record.check)
        return {};
    return payload;
}

// Whether a file begins as ours do: with all of the magic number, or is a piece of one that was just being begun.
bool isOurs(int descriptor)
{
    std::array<std::uint8_t, kMagic.size()> magic{};
    const auto got = ::pread(descriptor, magic.data(), magic.size(), 0);
    return got >= 0 && std::equal(magic.begin(), magic.begin() + got, kMagic.begin());
}

std::optional<std::string> identityOf(int descriptor)
{
    std::array<std::uint8_t, kHeaderBytes> head{};
    if (!readAt(descriptor, 0, head))
        return {};
    ByteReader reader(std::span<const std::uint8_t>(head).subspan(kMagic.size()));
    const auto bytes = reader.number32(), check = reader.number32();
    if (bytes > kMaxIdentityBytes)
        return {};
    Bytes identity(bytes);
    if (!readAt(descriptor, kHeaderBytes, identity) || checksum(identity) != check)
        return {};
    return std::string(identity.begin(), identity.end());
}

} // namespace

std::optional<FinishedFile> identify(const fs::path& file)
{
    struct stat about { };
    if (::lstat(file.c_str(), &about) != 0)
        return {};
    const auto bytes = S_ISREG(about.st_mode) ? static_cast<std::uint64_t>(about.st_size) : 0;
    return FinishedFile{static_cast<std::uint64_t>(about.st_dev), static_cast<std::uint64_t>(about.st_ino), bytes};
}

fs::path SegmentFile::nameFor(const fs::path& output)
{
    fs::path name = output.has_filename() ? output : output.parent_path();
    name += ".unfinished";
    return name;
}

std::optional<SegmentFile::Progress> SegmentFile::peek(const fs::path& output)
{
    const int descriptor = ::open(nameFor(output).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return {};
    std::optional<Progress> progress;
    if (const auto identity = identityOf(descriptor); identity && isOurs(descriptor)) {
        progress.emplace();
        struct stat about { };
        const auto size = ::fstat(descriptor, &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
        std::uint64_t position = kHeaderBytes + identity->size();
        for (auto record = recordAt(descriptor, position); record; record = recordAt(descriptor, position)) {
            std::array<std::uint8_t, kPlaceBytes> place{};
            position += kRecordBytes;
            if (record->kind != kSegmentRecord || position + record->bytes > size ||
                !readAt(descriptor, position, place))
                break;
            ByteReader reader(place);
            const auto first = static_cast<std::int64_t>(reader.number64());
            const auto frames = static_cast<std::int64_t>(reader.number64());
            if (first != progress->frames || frames < 1)
                break;
            *progress = {first + frames, reader.real64()};
            position += record->bytes;
        }
    }
    ::close(descriptor);
    return progress;
}

void SegmentFile::remove(const fs::path& output)
{
    const auto file = nameFor(output);
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return;
    const bool mayGo = isOurs(descriptor) && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    if (mayGo)
        ::unlink(file.c_str());
    ::close(descriptor);
}

Result<std::unique_ptr<SegmentFile>> SegmentFile::open(const fs::path& output, const std::string& identity)
{
    const auto file = nameFor(output);
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
    if (descriptor < 0) {
        const int number = errno;
        return failure(ErrorCode::Resource,
                       fmt::format("{} cannot be written. Check that its folder is there and writable.", quoted(file)),
                       std::generic_category().message(number));
    }
    std::unique_ptr<SegmentFile> opened(new SegmentFile(file, descriptor));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        return failure(ErrorCode::Resource, fmt::format("{} is being written by another export.", quoted(output)));
    if (!isOurs(descriptor))
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} is in the way and is none of our files. Move it or choose another name.", quoted(file)));
    if (auto loaded = opened->load(identity); !loaded)
        return failure(loaded);
    return opened;
}

SegmentFile::SegmentFile(fs::path file, int descriptor)
    : m_file(std::move(file))
    , m_descriptor(descriptor)
{
}

SegmentFile::~SegmentFile()
{
    ::close(m_descriptor);
}

Status SegmentFile::load(const std::string& identity)
{
    auto present = identityOf(m_descriptor);
    if (present != identity) {
        m_formerIdentity = std::move(present);
        return begin(identity);
    }
    m_start = m_end = kHeaderBytes + identity.size();
    scan(m_start);
    return ::ftruncate(m_descriptor, static_cast<off_t>(m_end)) == 0 ? Status() : fail();
}

Status SegmentFile::begin(const std::string& identity)
{
    ByteWriter header;
    header.bytes(kMagic);
    const std::span text(reinterpret_cast<const std::uint8_t*>(identity.data()), identity.size());
    header.number32(static_cast<std::uint32_t>(text.size()));
    header.number32(checksum(text));
    header.bytes(text);
    m_isNew = true;
    m_start = m_end = header.content().size();
    if (::ftruncate(m_descriptor, 0) != 0)
        return fail();
    if (const int code = writeAt(m_descriptor, 0, header.content()); code != 0) {
        errno = code;
        return fail();
    }
    return ::fdatasync(m_descriptor) == 0 ? Status() : fail();
}

void SegmentFile::scan(std::uint64_t position)
{
    while (const auto record = recordAt(m_descriptor, position)) {
        const auto payload = payloadAt(m_descriptor, position + kRecordBytes, *record);
        if (!payload)
            return;
        if (record->kind == kFinishRecord) {
            ByteReader reader(*payload);
            const FinishedFile file{reader.number64(), reader.number64(), reader.number64()};
            if (reader.isWhole())
                m_finished = file;
            return; // it is written anew when the file is made again
        }
        const auto segment = parseSegment(*payload);
        if (!segment || segment->firstFrame != m_progress.frames)
            return;
        m_progress = {segment->firstFrame + segment->frames, segment->seconds};
        position += kRecordBytes + record->bytes;
        m_end = position;
    }
}

Status SegmentFile::append(const Segment& segment)
{
    const auto payload = toBytes(segment);
    if (segment.firstFrame != m_progress.frames || segment.frames < 1 || payload.size() > kMaxSegmentBytes)
        return failure(ErrorCode::Internal, "A piece of the video is too large or out of order.");
    if (auto written = write(kSegmentRecord, payload); !written)
        return written;
    m_progress = {segment.firstFrame + segment.frames, segment.seconds};
    return {};
}

Status SegmentFile::clear()
{
    m_end = m_start;
    m_progress = {};
    m_finished.reset();
    return ::ftruncate(m_descriptor, static_cast<off_t>(m_end)) == 0 ? Status() : fail();
}

Status SegmentFile::finish(const FinishedFile& file)
{
    ByteWriter payload;
    payload.number64(file.device);
    payload.number64(file.inode);
    payload.number64(file.bytes);
    const auto end = m_end;
    auto written = write(kFinishRecord, payload.content());
    m_end = end; // whatever is appended takes its place
    return written;
}

Status SegmentFile::write(std::uint32_t kind, std::span<const std::uint8_t> payload)
{
    ByteWriter head;
    head.number32(kind);
    head.number32(checksum(payload));
    head.number64(payload.size());
    int code = writeAt(m_descriptor, m_end, head.content());
    if (code == 0)
        code = writeAt(m_descriptor, m_end + kRecordBytes, payload);
    if (code == 0 && ::fdatasync(m_descriptor) != 0)
        code = errno;
    if (code != 0) {
        (void)!::ftruncate(m_descriptor, static_cast<off_t>(m_end));
        errno = code;
        return fail();
    }
    m_end += kRecordBytes + payload.size();
    return {};
}

Status SegmentFile::forEach(const std::function<Status(const Segment&)>& visit) const
{
    for (auto position = m_start; position < m_end;) {
        const auto record = recordAt(m_descriptor, position);
        const auto payload = record ? payloadAt(m_descriptor, position + kRecordBytes, *record) : std::nullopt;
        const auto segment = payload ? parseSegment(*payload) : failure(ErrorCode::Resource, {});
        if (!segment)
            return failure(ErrorCode::Resource, fmt::format("{} cannot be read back. Check the disk.", quoted(m_file)));
        if (auto visited = visit(*segment); !visited)
            return visited;
        position += kRecordBytes + record->bytes;
    }
    return {};
}

Status SegmentFile::fail() const
{
    const int number = errno;
    return failure(
        ErrorCode::Resource,
        fmt::format("{} cannot be written. Check that the folder is writable and the disk has room.", quoted(m_file)),
        std::generic_category().message(number));
}

} // namespace lipsync::media

// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/archive.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <system_error>
#include <vector>

#include <zip.h>

namespace lipsync::importing {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestPath = 1024;
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::uint64_t kRatioMattersBytes = std::uint64_t{1} << 20;
constexpr unsigned int kUnixTypeMask = 0170000, kUnixLink = 0120000; // of st_mode
constexpr int kUnixModeShift = 16; // in the attributes that Unix writes

struct ArchiveDeleter {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct EntryDeleter {
    void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
struct StreamDeleter {
    void operator()(std::FILE* stream) const { std::fclose(stream); }
};
using ArchivePointer = std::unique_ptr<zip_t, ArchiveDeleter>;
using EntryPointer = std::unique_ptr<zip_file_t, EntryDeleter>;
using StreamPointer = std::unique_ptr<std::FILE, StreamDeleter>;

/// A file of the archive that is to be unpacked.
struct Entry {
    std::uint64_t index;
    std::string path;
    std::uint64_t bytes;
};

class Unpacking {
public:
    Unpacking(fs::path file, fs::path folder, ArchiveLimits limits)
        : m_file(std::move(file))
        , m_folder(std::move(folder))
        , m_limits(limits)
    {
    }

    Status open()
    {
        int code = 0;
        m_archive.reset(zip_open(m_file.c_str(), ZIP_RDONLY, &code));
        if (m_archive)
            return {};
        zip_error_t problem;
        zip_error_init_with_code(&problem, code);
        const std::string words = zip_error_strerror(&problem);
        zip_error_fini(&problem);
        return refused("is damaged or cut off. Copy it again", words);
    }

    Result<std::vector<Entry>> list(const std::function<bool(const std::string&)>& isWanted)
    {
        const auto count =
            static_cast<std::uint64_t>(std::max<zip_int64_t>(0, zip_get_num_entries(m_archive.get(), 0)));
        if (count > m_limits.entries)
            return refused(fmt::format("holds {} files; at most {} are unpacked", count, m_limits.entries));
        std::vector<Entry> wanted;
        std::set<std::string> names;
        std::uint64_t total = 0;
        for (std::uint64_t i = 0; i < count; ++i) {
            zip_stat_t facts;
            zip_stat_init(&facts);
            if (zip_stat_index(m_archive.get(), i, 0, &facts) != 0 || (facts.valid & ZIP_STAT_NAME) == 0)
                return refused("is damaged: an entry cannot be read", zip_strerror(m_archive.get()));
            const std::string path = facts.name;
            if (auto safe = checkEntry(path, i); !safe)
                return failure(safe);
            if (path.ends_with('/') || !isWanted(path))
                continue;
            if (!names.insert(path).second)
                return refused(fmt::format("holds the file {} twice", path));
            if (auto sane = checkSize(facts, path, total); !sane)
                return failure(sane);
            wanted.push_back({i, path, facts.size});
        }
        return wanted;
    }

    Status unpack(const Entry& entry, const std::stop_token& stop)
    {
        const fs::path target = m_folder / fs::path(entry.path);
        std::error_code error;
        fs::create_directories(target.parent_path(), error);
        if (error)
            return cannotWrite(target, error.message());
        const EntryPointer from(zip_fopen_index(m_archive.get(), entry.index, 0));
        if (!from)
            return refused(fmt::format("is damaged: {} cannot be unpacked", entry.path), zip_strerror(m_archive.get()));
        StreamPointer to(std::fopen(target.c_str(), "wbx"));
        if (!to)
            return cannotWrite(target, std::generic_category().message(errno));
        std::uint64_t written = 0;
        while (true) {
            if (stop.stop_requested())
                return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
            const zip_int64_t count = zip_fread(from.get(), m_piece.data(), m_piece.size());
            if (count < 0)
                return refused(fmt::format("is damaged: {} cannot be unpacked", entry.path),
                               zip_file_strerror(from.get()));
            if (count == 0)
                break;
            written += static_cast<std::uint64_t>(count);
            if (written > entry.bytes) // it says less than it holds
                return refused(fmt::format("is damaged: {} is larger than it says", entry.path));
            if (std::fwrite(m_piece.data(), 1, static_cast<std::size_t>(count), to.get()) !=
                static_cast<std::size_t>(count))
                return cannotWrite(target, std::generic_category().message(errno));
        }
        if (written != entry.bytes)
            return refused(fmt::format("is damaged: {} is cut off", entry.path));
        if (std::fclose(to.release()) != 0)
            return cannotWrite(target, std::generic_category().message(errno));
        return {};
    }

private:
    Status checkEntry(const std::string& path, std::uint64_t index) const
    {
        if (!isInnerPath(path))
            return refused(fmt::format("names the file {}, which lies outside of it; it is not unpacked", path));
        zip_uint8_t system = 0;
        zip_uint32_t attributes = 0;
        if (zip_file_get_external_attributes(m_archive.get(), index, 0, &system, &attributes) == 0 &&
            system == ZIP_OPSYS_UNIX && (attributes >> kUnixModeShift & kUnixTypeMask) == kUnixLink)
            return refused(fmt::format("holds the link {}; archives with links are not unpacked", path));
        return {};
    }

    Status checkSize(const zip_stat_t& facts, const std::string& path, std::uint64_t& total) const
    {
        if ((facts.valid & ZIP_STAT_SIZE) == 0 || (facts.valid & ZIP_STAT_COMP_SIZE) == 0)
            return refused(fmt::format("does not say how large {} is", path));
        if ((facts.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && facts.encryption_method != ZIP_EM_NONE)
            return refused("is encrypted. Unpack it first and give the folder");
        total += facts.size; // no overflow: the first too large one ends it
        if (facts.size > m_limits.fileBytes || total > m_limits.totalBytes)
            return refused(fmt::format("unpacks to more than is allowed ({} GiB a file, {} GiB in all) at {}",
                                       m_limits.fileBytes >> 30, m_limits.totalBytes >> 30, path));
        if (facts.size > kRatioMattersBytes &&
            static_cast<double>(facts.size) > m_limits.ratio * static_cast<double>(facts.comp_size))
            return refused(
                fmt::format("is no honest archive: {} grows from {} to {} bytes", path, facts.comp_size, facts.size));
        return {};
    }

    tl::unexpected<Error> refused(const std::string& what, std::string cause = {}) const
    {
        return failure(ErrorCode::InvalidInput, fmt::format("The archive {} {}.", m_file.string(), what),
                       std::move(cause));
    }

    static tl::unexpected<Error> cannotWrite(const fs::path& target, std::string cause)
    {
        return failure(ErrorCode::Resource,
                       fmt::format("{} cannot be written. Check free space and permissions.", target.string()),
                       std::move(cause));
    }

    const fs::path m_file;
    const fs::path m_folder;
    const ArchiveLimits m_limits;
    ArchivePointer m_archive;
    std::vector<char> m_piece = std::vector<char>(kPieceBytes);
};

} // namespace

bool isZip(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    char signature[4] = {};
    return stream.read(signature, sizeof signature) && std::string_view(signature, 4) == std::string_view("PK\3\4", 4);
}

bool zipHolds(const fs::path& file, std::string_view name)
{
    return zipHolds(file, [name](const fs::path& inside) { return inside.filename() == name; });
}

bool zipHolds(const fs::path& file, const std::function<bool(const fs::path& inside)>& isLookedFor)
{
    const ArchivePointer archive(zip_open(file.c_str(), ZIP_RDONLY, nullptr));
    const zip_int64_t count = archive ? zip_get_num_entries(archive.get(), 0) : 0;
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* path = zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
        if (path != nullptr && isLookedFor(path))
            return true;
    }
    return false;
}

bool isInnerPath(std::string_view path)
{
    if (path.empty() || path.size() > kLongestPath || path.front() == '/' ||
        path.find_first_of(std::string_view("\\:\0", 3)) != std::string_view::npos)
        return false;
    while (!path.empty()) {
        const auto end = path.find('/');
        if (path.substr(0, end) == "..")
            return false;
        path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    }
    return true;
}

Status unpackZip(const fs::path& file, const fs::path& folder, const std::function<bool(const std::string&)>& isWanted,
                 const std::stop_token& stop, const ArchiveLimits& limits)
{
    Unpacking unpacking(file, folder, limits);
    if (auto opened = unpacking.open(); !opened)
        return opened;
    const auto wanted = unpacking.list(isWanted);
    if (!wanted)
        return failure(wanted);
    for (const auto& entry : *wanted) {
        if (auto unpacked = unpacking.unpack(entry, stop); !unpacked)
            return unpacked;
    }
    return {};
}

} // namespace lipsync::importing

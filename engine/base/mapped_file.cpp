// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/mapped_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lipsync {

namespace {

std::string systemWords()
{
    return std::generic_category().message(errno);
}

/// The mapping of an open regular file; empty for an empty one, which cannot be mapped.
Result<std::span<const char>> map(int descriptor, const std::filesystem::path& file, std::size_t limit)
{
    struct stat about { };
    if (::fstat(descriptor, &about) != 0)
        return failure(ErrorCode::Resource, fmt::format("The file {} cannot be examined.", file.string()),
                       systemWords());
    if (!S_ISREG(about.st_mode))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is a {}, not a file. Name a file.", file.string(),
                                   S_ISDIR(about.st_mode) ? "folder" : "device or pipe"));
    const auto size = static_cast<std::size_t>(about.st_size);
    if (size > limit)
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("The file {} is larger than the {} bytes allowed here. Check that it is the right one.",
                        file.string(), limit));
    if (size == 0)
        return std::span<const char>();
    void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (memory == MAP_FAILED)
        return failure(ErrorCode::Resource, fmt::format("The file {} cannot be mapped into memory.", file.string()),
                       systemWords());
    return std::span(static_cast<const char*>(memory), size);
}

} // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& file, std::size_t limit)
{
    // Without waiting, so that a named pipe is refused instead of hanging.
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return failure(ErrorCode::InvalidInput,
                           fmt::format("There is no file {}. Check its name and folder.", file.string()));
        return failure(ErrorCode::Resource,
                       fmt::format("The file {} cannot be opened. Check its permissions.", file.string()),
                       systemWords());
    }
    const auto bytes = map(descriptor, file, limit);
    ::close(descriptor); // the mapping outlives it
    if (!bytes)
        return failure(bytes);
    return std::shared_ptr<const MappedFile>(new MappedFile(*bytes));
}

MappedFile::~MappedFile()
{
    if (!m_bytes.empty())
        ::munmap(const_cast<char*>(m_bytes.data()), m_bytes.size());
}

} // namespace lipsync

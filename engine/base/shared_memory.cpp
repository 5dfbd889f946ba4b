// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/shared_memory.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lipsync {

namespace {

constexpr const char* kBlockName = "lipsync"; // seen in /proc/PID/maps

/// Whether a file of that size may be made; trying would end the process with a signal.
bool mayBeFile(std::size_t bytes)
{
    rlimit limit{};
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || bytes <= limit.rlim_cur;
}

std::string lastSystemWords()
{
    return std::generic_category().message(errno);
}

} // namespace

Result<SharedMemory> SharedMemory::create(std::size_t bytes)
{
    SharedMemory memory;
    const auto refused = [&] {
        return failure(
            ErrorCode::Resource,
            fmt::format("{:.1f} MB of memory cannot be had. Close other programs.", static_cast<double>(bytes) / 1e6),
            lastSystemWords());
    };
    if (bytes == 0)
        return failure(ErrorCode::Internal, "A block of shared memory must not be empty.");
    if (!mayBeFile(bytes)) { // memory of this process alone is better than none
        void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (data == MAP_FAILED)
            return refused();
        memory.m_data = static_cast<std::uint8_t*>(data);
        memory.m_size = bytes;
        return memory;
    }
    memory.m_descriptor = ::memfd_create(kBlockName, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory.m_descriptor < 0 || ::ftruncate(memory.m_descriptor, static_cast<off_t>(bytes)) != 0)
        return refused();
    // Whoever maps it can rely on its size: a file that shrinks would crash its readers.
    if (::fcntl(memory.m_descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return refused();
    void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory.m_descriptor, 0);
    if (data == MAP_FAILED)
        return refused();
    memory.m_data = static_cast<std::uint8_t*>(data);
    memory.m_size = bytes;
    return memory;
}

Result<SharedMemory> SharedMemory::map(const std::filesystem::path& path, std::size_t bytes)
{
    SharedMemory memory;
    memory.m_descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (memory.m_descriptor < 0) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The shared memory {} cannot be opened: its owner has ended.", path.string()),
                       lastSystemWords());
    }
    struct stat about { };
    if (bytes == 0 || ::fstat(memory.m_descriptor, &about) != 0 || !S_ISREG(about.st_mode) ||
        static_cast<std::size_t>(about.st_size) < bytes) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The shared memory {} does not hold the {} bytes it should.", path.string(), bytes));
    }
    void* data = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, memory.m_descriptor, 0);
    if (data == MAP_FAILED) {
        return failure(ErrorCode::Resource,
                       fmt::format("The shared memory {} cannot be mapped. Close other programs.", path.string()),
                       lastSystemWords());
    }
    memory.m_data = static_cast<std::uint8_t*>(data);
    memory.m_size = bytes;
    return memory;
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_data(std::exchange(other.m_data, nullptr))
    , m_size(std::exchange(other.m_size, 0))
{
}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept
{
    if (this != &other) {
        release();
        m_descriptor = std::exchange(other.m_descriptor, -1);
        m_data = std::exchange(other.m_data, nullptr);
        m_size = std::exchange(other.m_size, 0);
    }
    return *this;
}

SharedMemory::~SharedMemory()
{
    release();
}

void SharedMemory::release()
{
    if (m_data)
        ::munmap(m_data, m_size);
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

std::filesystem::path SharedMemory::path() const
{
    return fmt::format("/proc/{}/fd/{}", ::getpid(), m_descriptor);
}

} // namespace lipsync

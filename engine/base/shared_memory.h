// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace lipsync {

/// A block of memory that several processes of one host can map. Pages that were never written take no memory.
/// It vanishes with its last mapping; nothing is left behind after a crash. Movable; not copyable.
class SharedMemory {
public:
    /// A block of zeros, writable by this process. Resource with the system's words when it cannot be had. Where the
    /// process may not make files of that size (ulimit -f) no other process can map it, and path() leads nowhere.
    static Result<SharedMemory> create(std::size_t bytes);
    /// Maps another process' block read-only by its path(). InvalidInput when it is gone or smaller than `bytes`.
    static Result<SharedMemory> map(const std::filesystem::path& path, std::size_t bytes);

    SharedMemory(SharedMemory&& other) noexcept;
    SharedMemory& operator=(SharedMemory&& other) noexcept;
    ~SharedMemory();

    std::span<std::uint8_t> bytes() { return {m_data, m_size}; } ///< of a block of one's own
    std::span<const std::uint8_t> bytes() const { return {m_data, m_size}; }

    /// Where processes of the same user find the block while this process lives: /proc/PID/fd/N.
    std::filesystem::path path() const;

private:
    SharedMemory() = default;
    void release();

    int m_descriptor = -1;
    std::uint8_t* m_data = nullptr;
    std::size_t m_size = 0;
};

} // namespace lipsync

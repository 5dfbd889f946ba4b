// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/fault.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>

namespace lipsync::serving {

/// Shared memory that clients of this machine registered by name, to pass tensors without copying them through the
/// connection. It is read and written as a file and never mapped, so that a client who cuts it short harms nobody.
/// Any thread.
class SharedRegions {
public:
    struct Region {
        std::string name, key;
        std::uint64_t offset = 0, bytes = 0;
    };

    /// Only addresses of this machine have such clients; elsewhere everything is refused.
    explicit SharedRegions(bool isAllowed)
        : m_isAllowed(isAllowed)
    {
    }

    /// BadRequest when the name is taken, or the memory object `key` is not there or smaller.
    Answer<void> add(const Region& region);
    /// All regions when the name is empty.
    void remove(const std::string& name);
    /// All, or the one of that name; NotFound when there is none.
    Answer<std::map<std::string, Region>> list(const std::string& name) const;

    /// Bytes of a region. BadRequest when it has not so many.
    Answer<std::string> read(const std::string& name, std::uint64_t offset, std::uint64_t bytes) const;
    Answer<void> write(const std::string& name, std::uint64_t offset, std::span<const std::uint8_t> bytes) const;

private:
    class Memory;
    struct Entry {
        Region region;
        std::shared_ptr<const Memory> memory;
    };
    Answer<Entry> find(const std::string& name, std::uint64_t offset, std::uint64_t bytes) const;

    const bool m_isAllowed;
    mutable std::mutex m_mutex;
    std::map<std::string, Entry> m_regions;
};

} // namespace lipsync::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/shared_regions.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lipsync::serving {

namespace {

constexpr std::size_t kMostRegions = 256;
constexpr std::size_t kMostNameBytes = 255;
constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 30; ///< of a region and of its offset

} // namespace

/// An open memory object.
class SharedRegions::Memory {
public:
    explicit Memory(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    ~Memory() { close(m_descriptor); }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    int descriptor() const { return m_descriptor; }

private:
    const int m_descriptor;
};

Answer<void> SharedRegions::add(const Region& region)
{
    if (!m_isAllowed)
        return fault(FaultKind::Forbidden, "Shared memory is for clients of the server's own machine.");
    const auto& key = region.key;
    const bool isPlain = key.size() > 1 && key.size() <= kMostNameBytes && key.front() == '/' &&
        key.find('/', 1) == std::string::npos && key.find('\0') == std::string::npos && key != "/." && key != "/..";
    if (region.name.empty() || region.name.size() > kMostNameBytes || !isPlain)
        return fault(FaultKind::BadRequest, "A region has a name, and a key such as /name.");
    if (region.bytes == 0 || region.bytes > kMostBytes || region.offset > kMostBytes)
        return fault(FaultKind::BadRequest, "A region has from 1 byte to 4 GiB.");
    const int descriptor = shm_open(key.c_str(), O_RDWR | O_CLOEXEC, 0);
    if (descriptor < 0)
        return fault(FaultKind::BadRequest, fmt::format("There is no shared memory '{}' for this server.", key));
    auto memory = std::make_shared<const Memory>(descriptor);
    struct stat facts { };
    if (fstat(descriptor, &facts) != 0 || static_cast<std::uint64_t>(facts.st_size) < region.offset + region.bytes)
        return fault(FaultKind::BadRequest, fmt::format("The shared memory '{}' is smaller than that.", key));
    std::lock_guard lock(m_mutex);
    if (m_regions.contains(region.name))
        return fault(FaultKind::BadRequest, fmt::format("A region '{}' is registered already.", region.name));
    if (m_regions.size() >= kMostRegions)
        return fault(FaultKind::Overloaded,
                     fmt::format("{} regions are registered, and no more may be.", kMostRegions));
    m_regions[region.name] = {region, std::move(memory)};
    return {};
}

void SharedRegions::remove(const std::string& name)
{
    std::map<std::string, Entry> removed; // closed without the lock
    std::lock_guard lock(m_mutex);
    if (name.empty())
        removed.swap(m_regions);
    else if (auto node = m_regions.extract(name))
        removed.insert(std::move(node));
}

Answer<std::map<std::string, SharedRegions::Region>> SharedRegions::list(const std::string& name) const
{
    std::lock_guard lock(m_mutex);
    std::map<std::string, Region> regions;
    for (const auto& [each, entry] : m_regions) {
        if (name.empty() || each == name)
            regions[each] = entry.region;
    }
    if (!name.empty() && regions.empty())
        return fault(FaultKind::NotFound, fmt::format("No region '{}' is registered.", name));
    return regions;
}

Answer<SharedRegions::Entry> SharedRegions::find(const std::string& name, std::uint64_t offset,
                                                 std::uint64_t bytes) const
{
    std::lock_guard lock(m_mutex);
    const auto found = m_regions.find(name);
    if (found == m_regions.end())
        return fault(FaultKind::BadRequest, fmt::format("No region '{}' is registered.", name));
    if (offset > found->second.region.bytes || bytes > found->second.region.bytes - offset)
        return fault(FaultKind::BadRequest, fmt::format("The region '{}' has not so many bytes.", name));
    return found->second;
}

Answer<std::string> SharedRegions::read(const std::string& name, std::uint64_t offset, std::uint64_t bytes) const
{
    const auto entry = find(name, offset, bytes);
    if (!entry)
        return tl::unexpected(entry.error());
    std::string content(bytes, '\0');
    const auto at = static_cast<off_t>(entry->region.offset + offset);
    if (pread(entry->memory->descriptor(), content.data(), bytes, at) != static_cast<ssize_t>(bytes))
        return fault(FaultKind::BadRequest, fmt::format("The region '{}' has been cut short.", name));
    return content;
}

Answer<void> SharedRegions::write(const std::string& name, std::uint64_t offset,
                                  std::span<const std::uint8_t> bytes) const
{
    const auto entry = find(name, offset, bytes.size());
    if (!entry)
        return tl::unexpected(entry.error());
    const auto at = static_cast<off_t>(entry->region.offset + offset);
    if (pwrite(entry->memory->descriptor(), bytes.data(), bytes.size(), at) != static_cast<ssize_t>(bytes.size()))
        return fault(FaultKind::BadRequest, fmt::format("The region '{}' cannot be written.", name));
    return {};
}

} // namespace lipsync::serving

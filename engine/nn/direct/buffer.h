// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include <sys/mman.h>

namespace lipsync::nn::direct {

/// Zeroed memory at the beginning of a cache line. All but small ones are pages of their own, which go back to the
/// system as soon as nobody holds them: malloc is told by keepMemoryBlocks() to keep everything, so that in time each of
/// its arenas would keep an executor's memory. Where the system has large pages it is asked for them, which saves
/// looking up where they are. Throws std::bad_alloc.
class Buffer {
public:
    Buffer() = default;
    explicit Buffer(std::size_t bytes)
        : m_bytes(roundedUp(bytes, kLine))
        , m_data(isMapped(m_bytes) ? mapped(m_bytes) : static_cast<std::byte*>(std::aligned_alloc(kLine, m_bytes)),
                 Free{m_bytes})
    {
        if (!m_data)
            throw std::bad_alloc();
        if (!isMapped(m_bytes))
            std::memset(m_data.get(), 0, m_bytes);
    }

    /// As much as fills large pages.
    static constexpr std::size_t wholePages(std::size_t bytes) { return roundedUp(bytes, kLargePage); }

    std::size_t bytes() const { return m_bytes; }
    template <typename Number> Number* as() { return reinterpret_cast<Number*>(m_data.get()); }
    template <typename Number> const Number* as() const { return reinterpret_cast<const Number*>(m_data.get()); }

private:
    static constexpr std::size_t kLine = 64, kPage = 4096, kLargePage = std::size_t{2} << 20;
    static constexpr std::size_t kSmallestMapped = std::size_t{128} << 10;
    static constexpr std::size_t roundedUp(std::size_t bytes, std::size_t unit)
    {
        return bytes > unit ? (bytes + unit - 1) / unit * unit : unit;
    }
    static constexpr bool isMapped(std::size_t bytes) { return bytes >= kSmallestMapped; }
    /// Null when there is no memory.
    static std::byte* mapped(std::size_t bytes)
    {
        const auto kept = roundedUp(bytes, kPage);
        const auto alignment = kept >= kLargePage ? kLargePage : kPage;
        void* const region =
            ::mmap(nullptr, kept + alignment, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (region == MAP_FAILED)
            return nullptr;
        // What lies before the aligned address and behind the last byte goes back at once.
        auto* const begin = static_cast<std::byte*>(region);
        const auto before = (alignment - reinterpret_cast<std::uintptr_t>(begin) % alignment) % alignment;
        if (before > 0)
            ::munmap(begin, before);
        ::munmap(begin + before + kept, alignment - before);
        ::madvise(begin + before, kept / kLargePage * kLargePage, MADV_HUGEPAGE); // a wish
        return begin + before;
    }
    struct Free {
        std::size_t bytes;
        void operator()(std::byte* data) const
        {
            if (isMapped(bytes))
                ::munmap(data, roundedUp(bytes, kPage));
            else
                std::free(data);
        }
    };
    std::size_t m_bytes = 0;
    std::unique_ptr<std::byte, Free> m_data;
};

} // namespace lipsync::nn::direct

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace lipsync::media {

/// Puts numbers into bytes, the least significant one first.
class ByteWriter {
public:
    void number32(std::uint32_t value) { put(value, 4); }
    void number64(std::uint64_t value) { put(value, 8); }
    void real64(double value) { number64(std::bit_cast<std::uint64_t>(value)); }
    void bytes(std::span<const std::uint8_t> bytes) { m_content.insert(m_content.end(), bytes.begin(), bytes.end()); }

    const std::vector<std::uint8_t>& content() const { return m_content; }

private:
    void put(std::uint64_t value, int bytes)
    {
        for (int i = 0; i < bytes; ++i)
            m_content.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }

    std::vector<std::uint8_t> m_content;
};

/// Takes numbers out of bytes; zeros after their end.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::uint8_t> bytes)
        : m_left(bytes)
    {
    }

    std::uint32_t number32() { return static_cast<std::uint32_t>(take(4)); }
    std::uint64_t number64() { return take(8); }
    double real64() { return std::bit_cast<double>(number64()); }
    /// So many bytes; none when there are fewer.
    std::span<const std::uint8_t> bytes(std::size_t count)
    {
        if (count > m_left.size()) {
            m_hasFailed = true;
            m_left = {};
            return {};
        }
        const auto taken = m_left.first(count);
        m_left = m_left.subspan(count);
        return taken;
    }

    std::size_t left() const { return m_left.size(); }
    /// Whether everything that was asked for was there, and nothing is left.
    bool isWhole() const { return !m_hasFailed && m_left.empty(); }
    bool hasFailed() const { return m_hasFailed; }

private:
    std::uint64_t take(std::size_t count)
    {
        std::uint64_t value = 0;
        const auto taken = bytes(count);
        for (std::size_t i = 0; i < taken.size(); ++i)
            value |= std::uint64_t{taken[i]} << (8 * i);
        return value;
    }

    std::span<const std::uint8_t> m_left;
    bool m_hasFailed = false;
};

} // namespace lipsync::media

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/web/web_messages.h"

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <nlohmann/json.hpp>

namespace lipsync::serving {

static_assert(std::endian::native == std::endian::little, "The binary messages are written as memory has them.");

inline constexpr std::size_t kMostNameBytes = 255; ///< of an avatar or a video
inline constexpr std::size_t kMostWordBytes = 1024; ///< of any text of a request but its sound

/// What a binary answer begins with: what it is.
enum class WebAnswerKind : std::uint8_t { Fault = 0, Mouth = 1, VideoFrame = 2, SpokenFrame = 3 };

/// Appends a number, little-endian.
template <typename Number> void append(std::string& bytes, Number number)
{
    static_assert(std::is_arithmetic_v<Number> || std::is_enum_v<Number>);
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

/// Appends a length as u32, then the bytes.
void appendSized(std::string& bytes, std::string_view text);

/// A text message; what is no UTF-8, as names of folders may be, is replaced.
WebMessage jsonMessage(const nlohmann::json& json);

/// Reads the members of a JSON request; a missing one is empty, 0 or false. What is wrong with the first wrong one is
/// kept as a sentence.
class MessageMembers {
public:
    explicit MessageMembers(const nlohmann::json& object)
        : m_object(object)
    {
    }

    std::string text(const char* name, std::size_t mostBytes);
    /// From 0 to 2³¹ − 1.
    std::int64_t whole(const char* name);
    bool flag(const char* name);
    /// Empty while nothing is wrong.
    const std::string& wrong() const { return m_wrong; }

private:
    const nlohmann::json* find(const char* name) const;
    std::string wrong(std::string sentence);

    const nlohmann::json& m_object;
    std::string m_wrong;
};

} // namespace lipsync::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lipsync::serving {

/// Base64 of RFC 4648, padded.
std::string toBase64(std::string_view bytes);
/// Nothing when the text is no padded base64.
std::optional<std::string> fromBase64(std::string_view text);

} // namespace lipsync::serving

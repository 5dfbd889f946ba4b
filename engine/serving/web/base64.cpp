// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/base64.h"

#include <openssl/evp.h>

namespace lipsync::serving {

std::string toBase64(std::string_view bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0'); // OpenSSL ends it with a NUL
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<std::string> fromBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return {};
    if (text.empty())
        return std::string();
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    // OpenSSL also takes white space and dashes around, and padding within.
    if (text.substr(0, text.size() - padding).find_first_of("= \t\r\n-") != std::string_view::npos)
        return {};
    std::string bytes(text.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size < 0)
        return {};
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

} // namespace lipsync::serving

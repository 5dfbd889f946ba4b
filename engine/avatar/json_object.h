// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Reading JSON from outside with limits and with errors that name the key. Only for files that are read, in .cpp files.

#include "base/error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace lipsync::avatar {

/// Parses `text`, called `name` in errors. InvalidInput when it is larger than `maxBytes`, nested deeper than
/// `maxDepth` or no JSON.
Result<nlohmann::json> parseJson(std::string_view text, const std::string& name, std::size_t maxBytes, int maxDepth);

/// A JSON integer that fits 64 bits; nothing for anything else.
std::optional<std::int64_t> wholeNumber(const nlohmann::json& value);

/// A JSON object whose values are read by key. The first failure is kept, and later reads give defaults.
class JsonObject {
public:
    /// `name` is the file's name in errors. `value` must outlive the reader.
    JsonObject(const nlohmann::json& value, std::string name);

    /// The object under `key`, which shares this one's failure.
    JsonObject object(const char* key);

    /// A whole number of least … most; `otherwise` when the key may be absent.
    int number(const char* key, std::int64_t least, std::int64_t most, std::optional<int> otherwise = {});

    /// Text of at most `longest` bytes; `otherwise` when the key may be absent.
    std::string text(const char* key, std::size_t longest, std::optional<std::string> otherwise = {});

    /// Records that the value of `key` cannot be used.
    void refuse(const char* key, const std::string& why);

    /// Every key of the object, in order.
    const nlohmann::json& value() const { return *m_value; }

    const std::optional<Error>& error() const { return *m_error; }

private:
    JsonObject(const nlohmann::json& value, std::string name, std::string path,
               std::shared_ptr<std::optional<Error>> error);
    const nlohmann::json* find(const char* key, bool optional);

    const nlohmann::json* m_value;
    std::string m_name;
    std::string m_path; ///< "network." inside the object network
    std::shared_ptr<std::optional<Error>> m_error;
};

} // namespace lipsync::avatar

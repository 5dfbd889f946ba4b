// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/json_object.h"

#include <algorithm>
#include <limits>

namespace lipsync::avatar {

namespace {

/// Deepest nesting of brackets outside of strings; parsing and destroying deep JSON takes stack and time.
int nestingDepth(std::string_view text)
{
    int depth = 0;
    int deepest = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return deepest;
}

} // namespace

Result<nlohmann::json> parseJson(std::string_view text, const std::string& name, std::size_t maxBytes, int maxDepth)
{
    if (text.size() > maxBytes) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} is larger than the {} bytes allowed. Check that it is the right file.", name, maxBytes));
    }
    if (nestingDepth(text) > maxDepth) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} is nested deeper than {} levels. Check that it is the right file.", name, maxDepth));
    }
    try {
        return nlohmann::json::parse(text.begin(), text.end());
    } catch (const nlohmann::json::exception& problem) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is not valid JSON: it may be cut short or damaged.", name), problem.what());
    }
}

std::optional<std::int64_t> wholeNumber(const nlohmann::json& value)
{
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return {};
        return static_cast<std::int64_t>(number);
    }
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    return {};
}

JsonObject::JsonObject(const nlohmann::json& value, std::string name)
    : JsonObject(value, std::move(name), {}, std::make_shared<std::optional<Error>>())
{
    if (!value.is_object())
        *m_error = Error{ErrorCode::InvalidInput, fmt::format("{} does not hold a JSON object.", m_name), {}};
}

JsonObject::JsonObject(const nlohmann::json& value, std::string name, std::string path,
                       std::shared_ptr<std::optional<Error>> error)
    : m_value(&value)
    , m_name(std::move(name))
    , m_path(std::move(path))
    , m_error(std::move(error))
{
}

const nlohmann::json* JsonObject::find(const char* key, bool optional)
{
    if (*m_error)
        return nullptr;
    const auto found = m_value->find(key);
    if (found != m_value->end())
        return &*found;
    if (!optional)
        *m_error = Error{ErrorCode::InvalidInput, fmt::format("{} has no key \"{}{}\".", m_name, m_path, key), {}};
    return nullptr;
}

void JsonObject::refuse(const char* key, const std::string& why)
{
    if (!*m_error)
        *m_error = Error{ErrorCode::InvalidInput, fmt::format("{}: \"{}{}\" {}.", m_name, m_path, key, why), {}};
}

JsonObject JsonObject::object(const char* key)
{
    static const nlohmann::json kEmpty = nlohmann::json::object();
    const auto* found = find(key, false);
    if (found && !found->is_object()) {
        refuse(key, "must be an object");
        found = nullptr;
    }
    return JsonObject(found ? *found : kEmpty, m_name, m_path + key + ".", m_error);
}

int JsonObject::number(const char* key, std::int64_t least, std::int64_t most, std::optional<int> otherwise)
{
    const auto* found = find(key, otherwise.has_value());
    if (!found)
        return otherwise.value_or(0);
    const auto value = wholeNumber(*found);
    if (!value || *value < least || *value > most) {
        refuse(key, fmt::format("must be a whole number from {} to {}", least, most));
        return 0;
    }
    return static_cast<int>(*value);
}

std::string JsonObject::text(const char* key, std::size_t longest, std::optional<std::string> otherwise)
{
    const auto* found = find(key, otherwise.has_value());
    if (!found)
        return otherwise.value_or("");
    if (!found->is_string()) {
        refuse(key, "must be text");
        return {};
    }
    auto value = found->get<std::string>();
    if (value.size() > longest) {
        refuse(key, fmt::format("is longer than {} bytes", longest));
        return {};
    }
    return value;
}

} // namespace lipsync::avatar

// SPDX-License-Identifier: GPL-3.0-or-later
#include "output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIndent = 2;

std::string valueText(const Json& value)
{
    if (value.is_boolean())
        return value.get<bool>() ? "yes" : "no";
    if (value.is_null())
        return "none";
    if (value.is_string())
        return value.get<std::string>();
    if (!value.is_array())
        return value.dump();
    std::string text;
    for (const auto& part : value)
        text += (text.empty() ? "" : ", ") + valueText(part);
    return text;
}

void appendFacts(std::string& text, const Json& facts, std::size_t indent)
{
    std::size_t widest = 0;
    for (const auto& [name, value] : facts.items())
        widest = value.is_object() ? widest : std::max(widest, name.size());
    for (const auto& [name, value] : facts.items()) {
        std::string label = name;
        if (name.find('.') == std::string::npos) // those of files and tensors stay as they are
            std::replace(label.begin(), label.end(), '_', ' ');
        if (value.is_object()) {
            text += fmt::format("{:{}}{}:\n", "", indent, label);
            appendFacts(text, value, indent + kIndent);
        } else {
            text += fmt::format("{:{}}{:<{}}  {}\n", "", indent, label, widest, valueText(value));
        }
    }
}

} // namespace

Status printText(std::string_view text)
{
    // Errors of standard output appear when it is flushed; unflushed they would be lost at the program's end.
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (written)
        return {};
    return failure(ErrorCode::Resource, "The result could not be printed: standard output is full or closed.",
                   std::error_code(errno, std::generic_category()).message());
}

Status printJson(const Json& object)
{
    return printText(object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string factsText(const Json& facts)
{
    std::string text;
    appendFacts(text, facts, kIndent);
    return text;
}

Status checkGoingOn(const std::stop_token& stop)
{
    if (stop.stop_requested())
        return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
    return {};
}

} // namespace lipsync::cli

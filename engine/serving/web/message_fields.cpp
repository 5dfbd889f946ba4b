// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/message_fields.h"

#include <limits>
#include <utility>

namespace lipsync::serving {

using Json = nlohmann::json;

void appendSized(std::string& bytes, std::string_view text)
{
    append(bytes, static_cast<std::uint32_t>(text.size()));
    bytes += text;
}

WebMessage jsonMessage(const Json& json)
{
    return {json.dump(-1, ' ', false, Json::error_handler_t::replace), false};
}

const Json* MessageMembers::find(const char* name) const
{
    const auto found = m_object.find(name);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

std::string MessageMembers::text(const char* name, std::size_t mostBytes)
{
    const auto* const found = find(name);
    if (!found)
        return {};
    if (!found->is_string())
        return wrong(fmt::format("'{}' is to be a text.", name));
    const auto& text = found->get_ref<const std::string&>();
    if (text.size() > mostBytes)
        return wrong(fmt::format("'{}' may have {} bytes, not {}.", name, mostBytes, text.size()));
    return text;
}

std::int64_t MessageMembers::whole(const char* name)
{
    constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();
    const auto* const found = find(name);
    if (!found)
        return 0;
    if (found->is_number_unsigned() ? found->get<std::uint64_t>() > kMost
                                    : !found->is_number_integer() || found->get<std::int64_t>() < 0) {
        wrong(fmt::format("'{}' is to be a whole number from 0 to {}.", name, kMost));
        return 0;
    }
    return found->get<std::int64_t>();
}

bool MessageMembers::flag(const char* name)
{
    const auto* const found = find(name);
    if (!found)
        return false;
    if (!found->is_boolean()) {
        wrong(fmt::format("'{}' is to be true or false.", name));
        return false;
    }
    return found->get<bool>();
}

std::string MessageMembers::wrong(std::string sentence)
{
    if (m_wrong.empty())
        m_wrong = std::move(sentence);
    return {};
}

} // namespace lipsync::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/script_agreement.h"

#include "base/file_system.h"

#include <string>
#include <string_view>

namespace lipsync::nn {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxListBytes = std::size_t{1} << 20;

/// One SHA-256 a line; an empty text where there is no list yet.
Result<std::string> readList(const fs::path& file)
{
    std::error_code ignored;
    if (file.empty() || !fs::exists(file, ignored))
        return std::string();
    const auto text = readFile(file, kMaxListBytes);
    if (!text)
        return failure(text);
    return std::string(text->begin(), text->end());
}

bool holds(std::string_view list, std::string_view hash)
{
    while (!list.empty()) {
        const auto line = list.substr(0, list.find('\n'));
        if (line == hash)
            return true;
        list.remove_prefix(std::min(list.size(), line.size() + 1));
    }
    return false;
}

} // namespace

fs::path scriptAgreementFile()
{
    return configurationFile("torchscript-agreed");
}

Status agreeToScript(const fs::path& archive)
{
    const auto hash = sha256(archive);
    if (!hash)
        return failure(hash);
    const auto file = scriptAgreementFile();
    if (file.empty())
        return failure(ErrorCode::Resource, "There is no home folder in which your agreement could be kept.");
    auto list = readList(file);
    if (!list)
        return failure(list);
    if (holds(*list, *hash))
        return {};
    if (!list->empty() && list->back() != '\n')
        *list += '\n';
    std::error_code error;
    fs::create_directories(file.parent_path(), error); // writing says what is wrong
    return writeFile(file, *list + *hash + '\n');
}

Result<bool> isScriptAgreed(const fs::path& archive)
{
    const auto hash = sha256(archive);
    if (!hash)
        return failure(hash);
    const auto list = readList(scriptAgreementFile());
    if (!list)
        return failure(list);
    return holds(*list, *hash);
}

} // namespace lipsync::nn

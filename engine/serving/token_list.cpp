// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/token_list.h"

#include "base/file_system.h"

#include <sstream>

#include <sys/stat.h>

namespace lipsync::serving {

namespace {

constexpr std::size_t kMostFileBytes = std::size_t{1} << 16;
constexpr std::size_t kShortestToken = 16, kLongestToken = 512;
constexpr mode_t kOthers = 077;

bool isSameSecret(std::string_view shown, std::string_view secret)
{
    // Whoever calls knows how long their own word is, and may learn that it is of another length.
    unsigned difference = shown.size() == secret.size() ? 0 : 1;
    for (std::size_t i = 0; i < secret.size(); ++i) {
        const unsigned char other = shown.empty() ? 0 : static_cast<unsigned char>(shown[i % shown.size()]);
        difference |= static_cast<unsigned char>(secret[i]) ^ other;
    }
    return difference == 0;
}

} // namespace

Result<TokenList> TokenList::read(const std::filesystem::path& file)
{
    struct stat facts { };
    if (stat(file.c_str(), &facts) == 0 && (facts.st_mode & kOthers) != 0)
        return failure(ErrorCode::Resource,
                       fmt::format("Others may read or change the token file {}: run chmod 600 on it.", file.string()));
    const auto text = readFile(file, kMostFileBytes);
    if (!text)
        return failure(text);
    TokenList list;
    std::istringstream lines(std::string(text->begin(), text->end()));
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        std::istringstream words(line.substr(0, line.find('#')));
        Token token;
        std::string right, rest;
        if (!(words >> token.secret))
            continue;
        words >> right >> rest;
        if (token.secret.size() < kShortestToken || token.secret.size() > kLongestToken || !rest.empty() ||
            (!right.empty() && right != "use"))
            return failure(ErrorCode::InvalidInput,
                           fmt::format("Line {} of the token file {} is no token of at least {} characters, alone or "
                                       "followed by the word use.",
                                       number, file.string(), kShortestToken));
        token.right = right.empty() ? Right::Manage : Right::Use;
        list.m_tokens.push_back(std::move(token));
    }
    if (list.m_tokens.empty())
        return failure(ErrorCode::InvalidInput, fmt::format("The token file {} holds no token.", file.string()));
    return list;
}

TokenList TokenList::of(const std::string& token)
{
    TokenList list;
    list.m_tokens.push_back({token, Right::Manage});
    return list;
}

TokenList::Verdict TokenList::check(std::string_view shown, Right wanted) const
{
    if (m_tokens.empty())
        return Verdict::Allowed;
    auto verdict = Verdict::Unknown;
    for (const auto& token : m_tokens) {
        if (isSameSecret(shown, token.secret))
            verdict = wanted == Right::Manage && token.right == Right::Use ? Verdict::Forbidden : Verdict::Allowed;
    }
    return verdict;
}

} // namespace lipsync::serving

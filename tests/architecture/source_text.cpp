// SPDX-License-Identifier: GPL-3.0-or-later
#include "architecture/source_text.h"

#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace lipsync::architecture {

namespace {

bool isWord(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/// Blanks text[from, to) except for line ends.
void blank(std::string& text, std::size_t from, std::size_t to)
{
    for (std::size_t i = from; i < to && i < text.size(); ++i) {
        if (text[i] != '\n')
            text[i] = ' ';
    }
}

/// Position behind the literal that opens at `open` with text[open] as its quote.
std::size_t endOfLiteral(const std::string& text, std::size_t open)
{
    std::size_t i = open + 1;
    while (i < text.size() && text[i] != text[open] && text[i] != '\n')
        i += text[i] == '\\' ? 2 : 1;
    return std::min(i + 1, text.size());
}

/// Position behind the raw string whose quote is at `open`: R"name( … )name".
std::size_t endOfRawString(const std::string& text, std::size_t open)
{
    const auto bracket = text.find('(', open);
    if (bracket == std::string::npos)
        return text.size();
    std::string close(1, ')');
    close.append(text, open + 1, bracket - open - 1).push_back('"');
    const auto end = text.find(close, bracket);
    return end == std::string::npos ? text.size() : end + close.size();
}

std::string withoutCommentsAndLiterals(std::string text)
{
    std::size_t i = 0;
    while (i < text.size()) {
        const char c = text[i];
        std::size_t end = i + 1;
        if (c == '/' && text.compare(i, 2, "//") == 0) {
            end = std::min(text.find('\n', i), text.size());
            blank(text, i, end);
        } else if (c == '/' && text.compare(i, 2, "/*") == 0) {
            const auto close = text.find("*/", i + 2);
            end = close == std::string::npos ? text.size() : close + 2;
            blank(text, i, end);
        } else if (c == '"') {
            const bool raw = i > 0 && text[i - 1] == 'R';
            end = raw ? endOfRawString(text, i) : endOfLiteral(text, i);
            blank(text, i + 1, end - 1);
        } else if (c == '\'' && (i == 0 || !isWord(text[i - 1]))) { // otherwise it separates digits: 1'000
            end = endOfLiteral(text, i);
            blank(text, i + 1, end - 1);
        }
        i = end;
    }
    return text;
}

std::vector<std::string> splitLines(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(std::move(line));
    return lines;
}

} // namespace

SourceText readSource(const std::string& text)
{
    static const std::regex directive(R"(^\s*#\s*include\b)");
    static const std::regex path(R"(include\s*([<"])([^>"]*)[>"])");
    SourceText source;
    source.lines = splitLines(text);
    source.code = splitLines(withoutCommentsAndLiterals(text));
    for (std::size_t i = 0; i < source.code.size(); ++i) {
        std::smatch match;
        if (std::regex_search(source.code[i], directive) && std::regex_search(source.lines[i], match, path))
            source.includes.push_back({match[2], match[1] == "\"", static_cast<int>(i) + 1});
    }
    return source;
}

SourceText readSource(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return readSource(std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
}

} // namespace lipsync::architecture

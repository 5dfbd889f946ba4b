// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/proc_text.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <fcntl.h>
#include <unistd.h>

namespace lipsync::metrics {

namespace {

constexpr std::size_t kLargestProcText = std::size_t{64} << 10;
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(kBlanks);
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::optional<std::uint64_t> parseNumber(std::string_view word)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    return error == std::errc{} && end == word.data() + word.size() ? std::optional(number) : std::nullopt;
}

/// Takes the first word off the text; empty at its end.
std::string_view takeWord(std::string_view& text)
{
    const auto begin = std::min(text.find_first_not_of(kBlanks), text.size());
    const auto end = std::min(text.find_first_of(kBlanks, begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    return word;
}

/// Takes the first line off the text, without its end.
std::string_view takeLine(std::string_view& text)
{
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::optional<std::string_view> valueOf(std::string_view text, std::string_view key)
{
    while (!text.empty()) {
        const std::string_view line = takeLine(text);
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && trimmed(line.substr(0, colon)) == key)
            return trimmed(line.substr(colon + 1));
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> readProc(const std::filesystem::path& file)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return std::nullopt;
    std::string text(kLargestProcText, '\0');
    std::size_t size = 0;
    ssize_t got = 0;
    while (size < text.size() && (got = ::read(descriptor, text.data() + size, text.size() - size)) > 0)
        size += static_cast<std::size_t>(got);
    ::close(descriptor);
    if (got < 0)
        return std::nullopt;
    text.resize(size);
    return text;
}

std::optional<std::uint64_t> bytesOf(std::string_view text, std::string_view key)
{
    constexpr std::uint64_t kKibi = 1024;
    auto value = valueOf(text, key);
    if (!value)
        return std::nullopt;
    const auto number = parseNumber(takeWord(*value));
    if (!number || takeWord(*value) != "kB" || *number > UINT64_MAX / kKibi)
        return std::nullopt;
    return *number * kKibi;
}

std::optional<std::string> wordsOf(std::string_view text, std::string_view key)
{
    const auto value = valueOf(text, key);
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

std::optional<ProcessorTicks> parseProcessorTicks(std::string_view text)
{
    // cpu user nice system idle iowait irq softirq steal; guest times behind them are in user already.
    constexpr std::size_t kIdle = 3, kWaiting = 4, kColumns = 8;
    std::string_view line = takeLine(text);
    if (takeWord(line) != "cpu")
        return std::nullopt;
    ProcessorTicks ticks;
    for (std::size_t column = 0; column < kColumns; ++column) {
        const auto number = parseNumber(takeWord(line));
        if (!number)
            return std::nullopt;
        ticks.total += *number;
        if (column != kIdle && column != kWaiting)
            ticks.busy += *number;
    }
    return ticks;
}

std::optional<Duration> parseProcessorTime(std::string_view text)
{
    // "PID (name) state …": the name may hold blanks and brackets; user and system time are columns 14 and 15.
    constexpr int kColumnsBefore = 11;
    const auto bracket = text.rfind(')');
    if (bracket == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(bracket + 1);
    for (int column = 0; column < kColumnsBefore; ++column)
        takeWord(text);
    const auto user = parseNumber(takeWord(text));
    const auto system = parseNumber(takeWord(text));
    const long ticksPerSecond = ::sysconf(_SC_CLK_TCK);
    if (!user || !system || ticksPerSecond <= 0)
        return std::nullopt;
    const double taken = static_cast<double>(*user + *system) / static_cast<double>(ticksPerSecond);
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(taken));
}

} // namespace lipsync::metrics

// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace lipsync::cli {

namespace {

constexpr std::size_t kFewestCells = 8, kMostCells = 28; ///< of the bar
constexpr std::size_t kSpacing = 8; ///< blanks and brackets of the line, and the last column, which may wrap
constexpr std::size_t kUsualColumns = 80;
constexpr auto kTerminalInterval = std::chrono::milliseconds(100);
constexpr auto kPlainInterval = std::chrono::seconds(5);

void write(const std::string& text)
{
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
}

std::size_t terminalColumns()
{
    winsize size{};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : kUsualColumns;
}

std::string barText(double share, std::size_t cells)
{
    const auto filled = static_cast<std::size_t>(std::lround(share * static_cast<double>(cells)));
    return fmt::format("[{}{}]", std::string(filled, '#'), std::string(cells - filled, ' '));
}

} // namespace

ProgressLine::ProgressLine()
    : m_terminal(isatty(STDERR_FILENO) == 1)
    , m_barCells(kMostCells)
{
}

ProgressLine::~ProgressLine()
{
    finish();
}

void ProgressLine::show(std::string_view label, double share, std::string_view note)
{
    const auto now = Clock::now();
    const bool complete = share >= 1.0;
    if (!complete && m_lastShown != Clock::time_point{} &&
        now - m_lastShown < (m_terminal ? Clock::duration(kTerminalInterval) : Clock::duration(kPlainInterval)))
        return;
    m_lastShown = now;
    const double clamped = std::clamp(share, 0.0, 1.0);
    const auto percent = fmt::format("{:3.0f} %", clamped * 100);
    if (!m_terminal) {
        write(fmt::format("{}: {}  {}\n", label, percent, note));
        return;
    }
    // A line that wraps could not be rewritten: on a narrow terminal the bar goes first, then the rest is cut.
    const auto columns = terminalColumns();
    const auto words = label.size() + percent.size() + note.size() + kSpacing;
    const bool roomForBar = words + kFewestCells <= columns;
    if (roomForBar)
        m_barCells = std::min(m_barCells, columns - words);
    const auto text = roomForBar ? fmt::format("{}  {} {}  {}", label, barText(clamped, m_barCells), percent, note)
                                 : fmt::format("{} {}  {}", label, percent, note).substr(0, columns - 1);
    write("\r" + text + "\033[K");
    m_lineOpen = true;
}

void ProgressLine::say(std::string_view text)
{
    finish();
    write(fmt::format("{}\n", text));
}

void ProgressLine::finish()
{
    if (m_lineOpen)
        write("\n");
    m_lineOpen = false;
}

std::string durationText(double seconds)
{
    constexpr double kLongest = 1e9; // 30 years
    if (!(seconds <= kLongest))
        return "?";
    const auto whole = static_cast<long>(std::max(0.0, std::round(seconds)));
    const long hours = whole / 3600, minutes = whole / 60 % 60;
    return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60)
                     : fmt::format("{}:{:02}", minutes, whole % 60);
}

} // namespace lipsync::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace lipsync::cli {

/// Progress on standard error: one line rewritten on a terminal, a plain line every few seconds otherwise. What
/// cannot be written there is lost, never a failure. One thread at a time.
class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine();

    /// Shows "label  [#####     ]  42 %  note"; `share` is 0 to 1. Cheap to call often.
    void show(std::string_view label, double share, std::string_view note);
    /// Prints a line that stays.
    void say(std::string_view text);
    /// Ends the rewritten line so that what follows stands on its own.
    void finish();

private:
    using Clock = std::chrono::steady_clock;
    const bool m_terminal;
    Clock::time_point m_lastShown{};
    bool m_lineOpen = false;
    std::size_t m_barCells; ///< only shrinks, so that the bar's end does not jump about
};

/// "1:05" or "1:02:03" for a number of seconds; "?" for what is no such number.
std::string durationText(double seconds);

} // namespace lipsync::cli

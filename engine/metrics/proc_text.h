// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace lipsync::metrics {

/// The first 64 KiB of a file of /proc; nothing when it cannot be read. Formats: the manual page proc(5).
std::optional<std::string> readProc(const std::filesystem::path& file);

/// The value in bytes of a line "Key:   123 kB"; nothing when there is no such line or number.
std::optional<std::uint64_t> bytesOf(std::string_view text, std::string_view key);

/// The text behind the colon of the first line "key : text", without blanks around it.
std::optional<std::string> wordsOf(std::string_view text, std::string_view key);

/// Processor time of all cores since the machine started, in clock ticks.
struct ProcessorTicks {
    std::uint64_t busy = 0, total = 0;
};
/// From the first line of /proc/stat.
std::optional<ProcessorTicks> parseProcessorTicks(std::string_view text);

/// User and system time of a process from its /proc/PID/stat.
std::optional<Duration> parseProcessorTime(std::string_view text);

} // namespace lipsync::metrics

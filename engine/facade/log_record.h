// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace lipsync {

enum class LogLevel { Debug, Info, Warning, Error };

/// Something that happened in the engine, for the operator.
struct LogRecord {
    std::chrono::system_clock::time_point time;
    LogLevel level = LogLevel::Info;
    std::string source; ///< e.g. "workers", "export", "preview"
    std::string message; ///< a sentence
};

} // namespace lipsync

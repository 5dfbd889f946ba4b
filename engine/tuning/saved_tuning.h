// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "scheduling/concurrency_plan.h"
#include "tuning/machine.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync::tuning {

/// Largest tuning.json, and most tunings in it, that are accepted.
inline constexpr std::size_t kMaxTuningBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxTunings = 256;

/// The settings that were found best for a network on a machine.
struct SavedTuning {
    TuningKey key;
    ConcurrencyPlan plan;
    double framesPerSecond = 0; ///< measured with it
    double p99Ms = 0; ///< the same
    std::optional<double> goalP99Ms; ///< what was asked for

    bool operator==(const SavedTuning&) const = default;
};

/// Reads the text of a tuning.json. InvalidInput names what cannot be used; unknown keys are ignored.
Result<std::vector<SavedTuning>> parseTunings(std::string_view json);
/// The text of a tuning.json; parseTunings() gives the same back.
std::string toJson(const std::vector<SavedTuning>& tunings);

/// lipsync-studio/tuning.json in $XDG_CONFIG_HOME or ~/.config; empty where there is no home.
std::filesystem::path tuningFile();

/// Puts a tuning into the file, in the place of an earlier one with the same key. A file that cannot be read is
/// replaced: what was in it can be measured again. Resource when it cannot be written.
Status saveTuning(const SavedTuning& tuning, const std::filesystem::path& file = tuningFile());

/// The tuning for exactly this key; nothing when there is none, or no file that can be read.
std::optional<SavedTuning> findTuning(const TuningKey& key, const std::filesystem::path& file = tuningFile());

/// The saved plan for that network on this machine and build.
std::optional<ConcurrencyPlan> savedPlan(const std::string& modelHash);
/// One worker a core with one thread each on the processor, or one worker a CUDA device; batches of at most 4.
ConcurrencyPlan standardPlan();

} // namespace lipsync::tuning

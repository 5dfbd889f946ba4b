// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "terminal.h"
#include "tuning/bench.h"

#include <memory>
#include <optional>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

namespace lipsync::cli {

/// A service and an avatar whose workers are ready.
struct ReadyService {
    std::unique_ptr<session::FrameService> service;
    tuning::LoadedAvatar avatar; ///< last: it goes before the service
};

/// The SHA-256 of an avatar's generator: what a saved tuning is known by.
Result<std::string> generatorHash(const std::filesystem::path& avatar);

/// Starts workers by the plan and opens the avatar on them.
Result<ReadyService> startService(const std::filesystem::path& avatar, const ConcurrencyPlan& plan,
                                  const std::stop_token& stop);

/// Reads "p99=40" into milliseconds.
void addGoalOption(CLI::App& command, std::optional<double>& goalP99Ms, const std::string& description);

/// Rounded to so many decimals, for a report.
double rounded(double value, int decimals = 2);
/// The same as JSON; null for nothing and for what is no number.
nlohmann::ordered_json figure(std::optional<double> value, int decimals = 2);

/// devices, workers, threads, isolation, batch, max_wait_ms, precision, balance.
nlohmann::ordered_json planJson(const ConcurrencyPlan& plan);

/// Progress of a measurement on standard error.
tuning::TuningProgress progressOn(ProgressLine& line);

} // namespace lipsync::cli

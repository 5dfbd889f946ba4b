// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/concurrency_plan.h"

#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

namespace lipsync::cli {

/// How many frames shall be computed together and where, as far as the operator said so.
struct ConcurrencyOptions {
    std::vector<std::string> devices;
    std::optional<int> workers; ///< on each device
    std::optional<int> threads; ///< of all workers on the processor together
    std::optional<Isolation> isolation;
    std::optional<int> batch; ///< largest
    std::optional<double> maxWaitMs;
    std::optional<Balance> balance;
    std::optional<Arithmetic> arithmetic;
};

/// --device (repeatable), --workers, --threads, --isolation, --batch, --max-wait-ms, --balance, --precision.
void addConcurrencyOptions(CLI::App& command, ConcurrencyOptions& options);

/// The plan that was asked for. `saved` is what was tuned for this machine and network, if anything: it holds as long
/// as neither devices nor workers, threads or precision are chosen; otherwise there is one worker a computing thread,
/// or as many as were asked for share the threads, and batches are of at most 4. Usage when the options make no sense.
Result<ConcurrencyPlan> planOf(const ConcurrencyOptions& options, const std::optional<ConcurrencyPlan>& saved);

/// The same for another machine: this one need not have the devices.
Result<ConcurrencyPlan> planElsewhere(const ConcurrencyOptions& options, const std::optional<ConcurrencyPlan>& saved);

} // namespace lipsync::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#include "concurrency_options.h"

#include "inference/kserve_address.h"
#include "nn/device.h"
#include "tuning/machine.h"
#include "tuning/saved_tuning.h"

#include <algorithm>

namespace lipsync::cli {

namespace {

constexpr int kMostWorkers = 64;

/// An option that takes one of these names, which `parse` understands.
template <typename Choice>
void addNamed(CLI::App& command, const std::string& option, std::optional<Choice>& chosen,
              const std::vector<std::string>& names, std::optional<Choice> (*parse)(std::string_view),
              const std::string& description)
{
    command
        .add_option_function<std::string>(
            option, [&chosen, parse](const std::string& given) { chosen = parse(given); }, description)
        ->check(CLI::IsMember(names));
}

/// The processor's workers share the computing threads, which are all cores unless told otherwise.
void shareThreads(ConcurrencyPlan& plan, const ConcurrencyOptions& options)
{
    const int threads = options.threads.value_or(tuning::coreCount());
    for (auto& device : plan.devices) {
        const bool isProcessor = device.device == "cpu";
        // One worker of one thread a core makes more frames than one worker on all of them.
        device.workers = options.workers.value_or(isProcessor ? std::min(threads, kMostWorkers) : 1);
        if (isProcessor)
            plan.threadsPerWorker = std::max(1, threads / device.workers);
    }
}

} // namespace

void addConcurrencyOptions(CLI::App& command, ConcurrencyOptions& options)
{
    constexpr int kMostThreads = 256, kLargestBatch = 64;
    constexpr double kLongestWaitMs = 1000;
    command
        .add_option("--device", options.devices,
                    "cpu, cuda:N, HOST:PORT of a 'lipsync worker', or kserve://HOST:PORT of a server; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    command.add_option("--workers", options.workers, "Workers on each device, each with its own copy of the network")
        ->check(CLI::Range(1, kMostWorkers));
    command
        .add_option("--threads", options.threads,
                    "Computing threads on the processor, shared by its workers; default: one a core")
        ->check(CLI::Range(1, kMostThreads));
    addNamed<Isolation>(command, "--isolation", options.isolation, {"thread", "process"}, parseIsolation,
                        "Workers as threads, or as processes whose crash costs no frame");
    command.add_option("--batch", options.batch, "Most frames a worker computes together")
        ->check(CLI::Range(1, kLargestBatch));
    command
        .add_option("--max-wait-ms", options.maxWaitMs,
                    "Longest time a worker waits for a batch to fill; without it takes what is there")
        ->check(CLI::Range(0.0, kLongestWaitMs));
    addNamed<Balance>(command, "--balance", options.balance,
                      {"finish-time", "round-robin", "least-outstanding", "random-of-two"}, parseBalance,
                      "Which worker takes which frames");
    addNamed<Arithmetic>(command, "--precision", options.arithmetic, {"fp32", "bf16", "fp16"}, parseArithmetic,
                         "Arithmetic of the network; what a device does not do fast falls back to the next better one");
}

Result<ConcurrencyPlan> planElsewhere(const ConcurrencyOptions& options, const std::optional<ConcurrencyPlan>& saved)
{
    const bool choosesWorkers = !options.devices.empty() || options.workers || options.threads || options.arithmetic;
    auto plan = saved && !choosesWorkers ? *saved : tuning::standardPlan();
    if (!options.devices.empty()) {
        plan.devices.clear();
        for (const auto& device : options.devices)
            plan.devices.push_back({device, 1});
    }
    if (choosesWorkers)
        shareThreads(plan, options);
    plan.isolation = options.isolation.value_or(plan.isolation);
    if (options.batch)
        plan.batchSizes = batchSizesUpTo(*options.batch);
    plan.maxWaitMs = options.maxWaitMs.value_or(plan.maxWaitMs);
    plan.balance = options.balance.value_or(plan.balance);
    plan.arithmetic = options.arithmetic.value_or(plan.arithmetic);
    if (auto sound = checkPlan(plan); !sound)
        return failure(sound);
    return plan;
}

Result<ConcurrencyPlan> planOf(const ConcurrencyOptions& options, const std::optional<ConcurrencyPlan>& saved)
{
    auto plan = planElsewhere(options, saved);
    if (!plan)
        return plan;
    for (const auto& device : options.devices) {
        if (inference::isKserveAddress(device)) {
            if (const auto address = inference::parseKserveAddress(device); !address)
                return failure(address);
            continue;
        }
        const bool isElsewhere = device.find(':') != std::string::npos && !device.starts_with("cuda:");
        if (const auto found = nn::findDevice(device); !isElsewhere && !found)
            return failure(found);
    }
    return plan;
}

} // namespace lipsync::cli

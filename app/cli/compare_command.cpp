// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "demo_avatar.h"
#include "load_output.h"
#include "options.h"
#include "output.h"
#include "tuning/comparison.h"
#include "tuning/machine.h"
#include "tuning/saved_tuning.h"

#include <memory>

namespace lipsync::cli {

namespace {

struct CompareRequest {
    std::filesystem::path avatar;
    double seconds = 6;
    std::optional<int> concurrency;
    bool json = false;
};

nlohmann::ordered_json toJson(const tuning::StrategyResult& result, int concurrency)
{
    const bool isMeasured = result.isMeasured();
    const auto when = [&](std::optional<double> value, int decimals = 2) {
        return figure(isMeasured ? value : std::nullopt, decimals);
    };
    nlohmann::ordered_json object{{"strategy", toString(result.strategy)},
                                  {"throughput_fps", when(result.load.framesPerSecond())},
                                  {"p50_ms", when(milliseconds(result.load.latency.percentile(50)), 3)},
                                  {"p99_ms", when(milliseconds(result.load.latency.percentile(99)), 3)},
                                  {"device_utilisation", when(result.resources.utilisation, 3)},
                                  {"peak_rss_mb", when(result.resources.peakMb, 1)},
                                  {"mean_batch", when(result.load.meanBatch())},
                                  {"uncertainty", when(result.load.uncertainty(), 4)},
                                  {"failures", result.load.failures + result.load.refusals},
                                  {"concurrency", concurrency},
                                  {"plan", nullptr},
                                  {"note", result.note}};
    if (result.plan)
        object["plan"] = planJson(*result.plan);
    return object;
}

std::string toText(const std::vector<tuning::StrategyResult>& results, int concurrency)
{
    constexpr double kPercent = 100;
    auto text = fmt::format("{} requests under way, for all the same\n{:<14}{:>10}{:>10}{:>10}{:>8}{:>10}  workers\n",
                            concurrency, "strategy", "frames/s", "p50 ms", "p99 ms", "busy", "memory MB");
    for (const auto& result : results) {
        if (!result.isMeasured()) {
            text += fmt::format("{:<14}{}\n", toString(result.strategy), result.note);
            continue;
        }
        const auto& use = result.resources;
        text += fmt::format("{:<14}{:>10.1f}{:>10.1f}{:>10.1f}{:>8}{:>10.0f}  {}\n", toString(result.strategy),
                            result.load.framesPerSecond(), milliseconds(result.load.latency.percentile(50)),
                            milliseconds(result.load.latency.percentile(99)),
                            use.utilisation ? fmt::format("{:.0f} %", *use.utilisation * kPercent) : "?", use.peakMb,
                            describe(*result.plan));
    }
    return text;
}

Status runCompare(const CompareRequest& request, const std::stop_token& stop)
{
    const auto avatar = chosenAvatar(request.avatar);
    const auto hash = avatar ? generatorHash(*avatar) : Result<std::string>(failure(avatar));
    if (!hash)
        return failure(hash);
    const auto ready = startService(*avatar, tuning::standardPlan(), stop);
    if (!ready)
        return failure(ready);

    tuning::ComparisonOptions options;
    options.secondsEach = request.seconds;
    options.cores = tuning::coreCount();
    options.devices = tuning::comparedDevices();
    ProgressLine line;
    auto adaptive = tuning::adaptivePlan(*ready->service, ready->avatar, *hash, options, progressOn(line), stop);
    if (!adaptive)
        return failure(adaptive);
    options.adaptive = std::move(*adaptive);
    options.concurrency = request.concurrency.value_or(tuning::fullConcurrency(options));
    const auto results = tuning::compare(*ready->service, ready->avatar, options, progressOn(line), stop);
    line.finish();
    if (!results)
        return failure(results);
    if (!request.json)
        return printText(toText(*results, options.concurrency));
    auto array = nlohmann::ordered_json::array();
    for (const auto& result : *results)
        array.push_back(toJson(result, options.concurrency));
    return printJson(array);
}

} // namespace

void addCompareCommand(CommandLine& line)
{
    constexpr double kMostSeconds = 3600;
    constexpr int kMostOutstanding = 4096;
    auto request = std::make_shared<CompareRequest>();
    auto* command = line.app.add_subcommand("compare", "Measure the ways to serve many requests against each other");
    addDemoAvatarOption(*command, request->avatar);
    command->add_option("--seconds", request->seconds, "Measure each way for so long")
        ->check(CLI::Range(0.1, kMostSeconds))
        ->capture_default_str();
    command
        ->add_option("--concurrency", request->concurrency,
                     "Requests under way, the same for all; default: enough to keep all workers of each busy")
        ->check(CLI::Range(1, kMostOutstanding));
    addJsonOption(*command, request->json);
    command->footer("'adaptive' is the setting that 'lipsync tune' has saved, or that of a short search.\n"
                    "Example:\n"
                    "  lipsync compare --seconds 10");
    command->callback([&line, request] { line.chosen = [&line, request] { return runCompare(*request, line.stop); }; });
}

} // namespace lipsync::cli

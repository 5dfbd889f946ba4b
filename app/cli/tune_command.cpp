// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "demo_avatar.h"
#include "load_output.h"
#include "options.h"
#include "output.h"
#include "tuning/saved_tuning.h"
#include "tuning/tuner.h"

#include <memory>

namespace lipsync::cli {

namespace {

struct TuneRequest {
    std::filesystem::path avatar;
    std::vector<std::string> devices;
    std::optional<double> goalP99Ms;
    double seconds = 30;
    bool isDryRun = false;
    bool json = false;
};

nlohmann::ordered_json toJson(const tuning::TuneCell& cell, const TuneRequest& request)
{
    const bool isMeasured = cell.load.successes > 0;
    const auto when = [&](double value) { return figure(isMeasured ? std::optional(value) : std::nullopt); };
    nlohmann::ordered_json object{{"workers", cell.plan.workerCount()},
                                  {"threads", cell.plan.threadsPerWorker},
                                  {"batch", cell.plan.largestBatch()},
                                  {"precision", toString(cell.plan.arithmetic)},
                                  {"fps", when(cell.framesPerSecond())},
                                  {"p99_ms", when(cell.p99Ms())},
                                  {"concurrency", cell.concurrency},
                                  {"seconds", figure(cell.load.seconds)},
                                  {"keeps_goal", nullptr},
                                  {"problem", cell.problem}};
    if (request.goalP99Ms && isMeasured)
        object["keeps_goal"] = cell.p99Ms() <= *request.goalP99Ms;
    return object;
}

nlohmann::ordered_json toJson(const tuning::TuneResult& result, const TuneRequest& request,
                              const std::filesystem::path& saved)
{
    auto cells = nlohmann::ordered_json::array();
    for (const auto& cell : result.cells)
        cells.push_back(toJson(cell, request));
    nlohmann::ordered_json object{{"plan", planJson(result.chosen().plan)},
                                  {"throughput_fps", figure(result.chosen().framesPerSecond())},
                                  {"p99_ms", figure(result.chosen().p99Ms())},
                                  {"goal_p99_ms", figure(request.goalP99Ms)},
                                  {"keeps_goal", result.keepsGoal},
                                  {"explanation", result.explanation},
                                  {"cells", cells},
                                  {"saved", nullptr}};
    if (!saved.empty())
        object["saved"] = saved.string();
    return object;
}

std::string toText(const tuning::TuneResult& result, const std::filesystem::path& saved)
{
    auto text = fmt::format("{:>8}{:>9}{:>7}{:>11}{:>10}{:>9}\n", "workers", "threads", "batch", "precision",
                            "frames/s", "p99 ms");
    for (const auto& cell : result.cells) {
        text += fmt::format("{:>8}{:>9}{:>7}{:>11}", cell.plan.workerCount(), cell.plan.threadsPerWorker,
                            cell.plan.largestBatch(), toString(cell.plan.arithmetic));
        text += cell.load.successes > 0 ? fmt::format("{:>10.1f}{:>9.1f}\n", cell.framesPerSecond(), cell.p99Ms())
                                        : fmt::format("  {}\n", cell.problem.empty() ? "not reached" : cell.problem);
    }
    for (const auto& sentence : result.explanation)
        text += sentence + "\n";
    if (!saved.empty())
        text += fmt::format("Saved in {}; used from now on.\n", saved.string());
    return text;
}

Status runTune(const TuneRequest& request, const std::stop_token& stop)
{
    const auto avatar = chosenAvatar(request.avatar);
    const auto hash = avatar ? generatorHash(*avatar) : Result<std::string>(failure(avatar));
    if (!hash)
        return failure(hash);
    tuning::TuneOptions options;
    options.goalP99Ms = request.goalP99Ms;
    options.seconds = request.seconds;
    options.devices = request.devices.empty() ? tuning::defaultDevices() : request.devices;
    options.cores = tuning::coreCount();
    options.arithmetics = tuning::promisingArithmetics(options.devices);

    auto first = tuning::standardPlan();
    first.devices.clear();
    for (const auto& device : options.devices)
        first.devices.push_back({device, 1});
    const auto ready = startService(*avatar, first, stop);
    if (!ready)
        return failure(ready);
    ProgressLine line;
    const auto result = tuning::tune(*ready->service, ready->avatar, options, progressOn(line), stop);
    line.finish();
    if (!result)
        return failure(result);
    const auto file = request.isDryRun ? std::filesystem::path() : tuning::tuningFile();
    const auto saved =
        request.isDryRun ? Status() : tuning::saveTuning(tuning::toSaved(*result, request.goalP99Ms, *hash));
    const auto shown = saved ? file : std::filesystem::path();
    const auto printed = request.json ? printJson(toJson(*result, request, shown)) : printText(toText(*result, shown));
    return printed ? saved : printed;
}

} // namespace

void addTuneCommand(CommandLine& line)
{
    constexpr double kLeastSeconds = 1, kMostSeconds = 60;
    auto request = std::make_shared<TuneRequest>();
    auto* command =
        line.app.add_subcommand("tune", "Find the fastest workers, threads, batch and precision for this machine");
    addDemoAvatarOption(*command, request->avatar);
    command
        ->add_option("--device", request->devices, "Tune for this device; may be repeated; default: all GPUs, or cpu")
        ->take_all()
        ->allow_extra_args(false);
    addGoalOption(*command, request->goalP99Ms, "Of the settings whose 99th percentile of the latency is at most this");
    command->add_option("--seconds", request->seconds, "Search for so long")
        ->check(CLI::Range(kLeastSeconds, kMostSeconds))
        ->capture_default_str();
    command->add_flag("--dry-run", request->isDryRun, "Do not save what was found");
    addJsonOption(*command, request->json);
    command->footer("What is found is kept for this machine, driver, build and network, and used from then on.\n"
                    "Examples:\n"
                    "  lipsync tune\n"
                    "  lipsync tune --goal p99=40 --seconds 60");
    command->callback([&line, request] { line.chosen = [&line, request] { return runTune(*request, line.stop); }; });
}

} // namespace lipsync::cli

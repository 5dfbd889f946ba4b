// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "options.h"
#include "output.h"
#include "scenario_file.h"
#include "scheduling/simulator.h"

#include <fstream>
#include <memory>
#include <numeric>
#include <optional>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

using namespace scheduling;

namespace {

struct SimulateRequest {
    std::string scenario = "mixed";
    std::optional<std::uint64_t> seed;
    std::optional<double> seconds, rate, baseMs, perFrameMs, maxWaitMs;
    std::optional<int> maxBatch, workers;
    std::optional<std::string> policy, balance;
    bool randomPhase = false;
    bool json = false;
};

Result<Scenario> namedScenario(const std::string& name)
{
    if (name == "mixed")
        return mixedScenario();
    if (name == "poisson")
        return poissonScenario();
    if (name == "drain")
        return drainScenario();
    if (name == "crash")
        return crashScenario();
    std::ifstream file(name, std::ios::binary);
    if (!file) {
        return failure(ErrorCode::Usage,
                       fmt::format("There is no scenario '{}'; choose mixed, poisson, drain, crash or a file.", name));
    }
    constexpr std::size_t kTooMuch = (std::size_t{1} << 20) + 1;
    std::string text(kTooMuch, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return parseScenario(text);
}

void applyOptions(Scenario& scenario, const SimulateRequest& request)
{
    auto& options = scenario.options;
    scenario.seed = request.seed.value_or(scenario.seed);
    if (request.seconds) { // what happens, happens as often
        for (auto& event : scenario.events)
            event.atSeconds *= *request.seconds / scenario.seconds;
        scenario.seconds = *request.seconds;
    }
    for (auto& kind : scenario.workers) {
        kind.count = request.workers.value_or(kind.count);
        kind.baseMs = request.baseMs.value_or(kind.baseMs);
        kind.perFrameMs = request.perFrameMs.value_or(kind.perFrameMs);
        if (request.baseMs || request.perFrameMs)
            kind.tableMs.clear();
    }
    for (auto& load : scenario.loads) {
        if (load.arrival == SimulatedLoad::Arrival::Poisson)
            load.rate = request.rate.value_or(load.rate);
        load.randomPhase = load.randomPhase || request.randomPhase;
    }
    if (request.maxBatch) {
        options.batchSizes.resize(static_cast<std::size_t>(*request.maxBatch));
        std::iota(options.batchSizes.begin(), options.batchSizes.end(), 1);
    }
    if (request.policy)
        options.policy = parseBatchPolicy(*request.policy).value_or(options.policy);
    if (request.balance)
        options.balance = parseBalance(*request.balance).value_or(options.balance);
    if (request.maxWaitMs)
        options.maxWait = fromMilliseconds(*request.maxWaitMs);
    // The policies for comparison know no deadlines: frames are late there, and neither refused nor dropped.
    for (auto& load : scenario.loads)
        load.isDeadlineKnown = options.policy == BatchPolicy::SlackAware;
}

/// Frames a second of the exports when nobody else asks for frames and nothing happens; 0 without exports.
double bulkAloneFps(Scenario scenario)
{
    std::erase_if(scenario.loads, [](const SimulatedLoad& load) { return load.jobClass != JobClass::Bulk; });
    scenario.events.clear();
    return scenario.loads.empty() ? 0 : simulate(scenario).of(JobClass::Bulk).fps;
}

nlohmann::ordered_json toJson(const ClassReport& report)
{
    return {{"submitted", report.submitted},
            {"done", report.done},
            {"late", report.late},
            {"expired", report.expired},
            {"refused", report.refused},
            {"failed", report.failed},
            {"cancelled", report.cancelled},
            {"late_fraction", report.lateFraction()},
            {"fps", report.fps},
            {"mean_ms", report.latency.meanMs},
            {"p50_ms", report.latency.p50Ms},
            {"p95_ms", report.latency.p95Ms},
            {"p99_ms", report.latency.p99Ms},
            {"p999_ms", report.latency.p999Ms},
            {"max_ms", report.latency.maxMs}};
}

nlohmann::ordered_json toJson(const SimulationReport& report, double bulkAlone)
{
    const auto& preview = report.of(JobClass::Preview);
    nlohmann::ordered_json object{{"late_fraction", preview.lateFraction()},
                                  {"preview_p99_ms", preview.latency.p99Ms},
                                  {"bulk_fps", report.of(JobClass::Bulk).fps},
                                  {"bulk_alone_fps", bulkAlone},
                                  {"lost", report.lost},
                                  {"duplicated", report.duplicated},
                                  {"reordered", report.reordered},
                                  {"p99_ms", report.latency.p99Ms},
                                  {"fps", report.fps},
                                  {"mean_batch", report.meanBatch},
                                  {"utilisation", report.utilisation},
                                  {"largest_queue", report.largestQueue},
                                  {"expiry_error_ms", report.expiryErrorMs},
                                  {"recovery_ms", report.recoveryMs},
                                  {"workers_lost", report.workersLost},
                                  {"drains", report.drains},
                                  {"violation", report.violation}};
    auto& classes = object["classes"] = nlohmann::ordered_json::object();
    for (std::size_t index = 0; index < kJobClasses; ++index) {
        if (report.classes[index].submitted > 0)
            classes[std::string(toString(static_cast<JobClass>(index)))] = toJson(report.classes[index]);
    }
    return object;
}

std::string toText(const SimulationReport& report, double bulkAlone)
{
    auto text = fmt::format("{:<9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>10}{:>10}\n", "class", "frames", "fps", "p50 ms",
                            "p99 ms", "max ms", "in time %", "refused");
    for (std::size_t index = 0; index < kJobClasses; ++index) {
        const auto& of = report.classes[index];
        if (of.submitted == 0)
            continue;
        constexpr double kPercent = 100;
        text += fmt::format("{:<9}{:>9}{:>9.1f}{:>9.1f}{:>9.1f}{:>9.1f}{:>10.2f}{:>10}\n",
                            toString(static_cast<JobClass>(index)), of.submitted, of.fps, of.latency.p50Ms,
                            of.latency.p99Ms, of.latency.maxMs, kPercent * (1 - of.lateFraction()), of.refused);
    }
    if (bulkAlone > 0)
        text += fmt::format("Exports alone would make {:.1f} frames/s.\n", bulkAlone);
    text += fmt::format("Mean batch {:.1f}, workers busy {:.0f} %, at most {} frames waited.\n", report.meanBatch,
                        100 * report.utilisation, report.largestQueue);
    if (report.workersLost > 0)
        text += fmt::format("{} workers were lost; the longest took {:.0f} ms to its next good frame.\n",
                            report.workersLost, report.recoveryMs);
    if (report.drains > 0)
        text += fmt::format("{} drains were completed.\n", report.drains);
    text += fmt::format("Lost {}, duplicated {}, out of order {}.\n", report.lost, report.duplicated, report.reordered);
    return text;
}

Status runSimulation(const SimulateRequest& request, const std::stop_token& stop)
{
    auto scenario = namedScenario(request.scenario);
    if (!scenario)
        return failure(scenario);
    applyOptions(*scenario, request);
    const auto report = simulate(*scenario);
    if (auto going = checkGoingOn(stop); !going)
        return going;
    const double bulkAlone = bulkAloneFps(*scenario);
    if (auto printed = request.json ? printJson(toJson(report, bulkAlone)) : printText(toText(report, bulkAlone));
        !printed)
        return printed;
    if (!report.violation.empty())
        return failure(ErrorCode::Internal, fmt::format("The scheduler broke a promise: {}.", report.violation));
    return {};
}

} // namespace

void addSimulateCommand(CommandLine& line)
{
    auto request = std::make_shared<SimulateRequest>();
    auto* command = line.app.add_subcommand("simulate", "Play a load on simulated workers with the real scheduler");
    constexpr double kShortestMs = 0.001, kLongestMs = 10'000, kHighestRate = 10'000, kLongestSeconds = 3600;
    constexpr int kLargestBatch = 256, kMostWorkers = 64;
    command->add_option("--scenario", request->scenario, "mixed, poisson, drain, crash or a JSON file")
        ->capture_default_str();
    command->add_option("--seed", request->seed, "Of chance; the same seed gives the same result");
    command->add_option("--seconds", request->seconds, "Simulated time")->check(CLI::Range(1.0, kLongestSeconds));
    command->add_option("--rate", request->rate, "Frames/s that come at random (poisson)")
        ->check(CLI::Range(0.1, kHighestRate));
    command->add_flag("--random-phase", request->randomPhase, "Previews start at random within a frame's time");
    command->add_option("--workers", request->workers, "Workers")->check(CLI::Range(1, kMostWorkers));
    command->add_option("--max-batch", request->maxBatch, "Frames in a batch, at most")
        ->check(CLI::Range(1, kLargestBatch));
    command->add_option("--base-ms", request->baseMs, "Time of a batch of b frames: base …")
        ->check(CLI::Range(kShortestMs, kLongestMs));
    command->add_option("--per-frame-ms", request->perFrameMs, "… + per frame × b (4 + 0.8 b unless said)")
        ->check(CLI::Range(0.0, kLongestMs));
    command->add_option("--max-wait-ms", request->maxWaitMs, "How long a worker waits for a batch to fill")
        ->check(CLI::Range(0.0, 1000.0));
    command->add_option("--policy", request->policy, "How classes share the workers")
        ->check(CLI::IsMember({"slack-aware", "fifo", "strict-mixed", "strict-separate"}));
    command->add_option("--balance", request->balance, "Which worker takes which frames")
        ->check(CLI::IsMember({"finish-time", "round-robin", "least-outstanding", "random-of-two"}));
    addJsonOption(*command, request->json);
    command->footer("Example:\n  lipsync simulate --scenario mixed --policy fifo");
    command->callback(
        [&line, request] { line.chosen = [&line, request] { return runSimulation(*request, line.stop); }; });
}

} // namespace lipsync::cli

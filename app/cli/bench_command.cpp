// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "concurrency_options.h"
#include "demo_avatar.h"
#include "load_output.h"
#include "options.h"
#include "output.h"
#include "server_bench.h"
#include "tuning/executor_comparison.h"
#include "tuning/saved_tuning.h"

#include <memory>

namespace lipsync::cli {

namespace {

constexpr int kMostOutstanding = 4096;

struct BenchRequest {
    std::filesystem::path avatar;
    ConcurrencyOptions concurrency;
    std::optional<int> outstanding;
    std::optional<double> rate;
    std::int64_t requests = 0;
    double seconds = 0;
    tuning::Arrival arrival = tuning::Arrival::Poisson;
    bool skipsBare = false;
    bool comparesExecutors = false;
    bool json = false;
    ServerBenchOptions server; ///< when a target is named
};

tuning::BenchOptions optionsOf(const BenchRequest& request, const ConcurrencyPlan& plan)
{
    constexpr double kStandardSeconds = 10;
    tuning::BenchOptions options;
    options.measuresBare = !request.skipsBare;
    options.load.concurrency = request.outstanding.value_or(tuning::fullConcurrency(plan));
    options.load.rate = request.rate;
    options.load.arrival = request.arrival;
    options.load.requests = request.requests;
    const bool isUnlimited = request.requests == 0 && request.seconds == 0;
    options.load.seconds = isUnlimited ? kStandardSeconds : request.seconds;
    return options;
}

nlohmann::ordered_json toJson(const tuning::BenchReport& report, const tuning::BenchOptions& options,
                              const ConcurrencyPlan& plan)
{
    constexpr int kFine = 4;
    const auto& load = report.load;
    const auto& latency = load.latency;
    const auto ms = [&](double percent) { return figure(milliseconds(latency.percentile(percent)), 3); };
    nlohmann::ordered_json object{{"throughput_fps", figure(load.framesPerSecond())},
                                  {"latency_ms",
                                   {{"avg", figure(milliseconds(latency.mean()), 3)},
                                    {"min", figure(milliseconds(latency.min()), 3)},
                                    {"max", figure(milliseconds(latency.max()), 3)},
                                    {"p50", ms(50)},
                                    {"p95", ms(95)},
                                    {"p99", ms(99)},
                                    {"p999", ms(99.9)}}},
                                  {"successes", load.successes},
                                  {"failures", load.failures + load.refusals},
                                  {"bare_fps", figure(report.bareFps)},
                                  {"efficiency", figure(report.efficiency(), kFine)},
                                  {"mean_batch", figure(load.meanBatch())},
                                  {"peak_rss_mb", figure(report.resources.peakMb, 1)},
                                  {"requests", load.requests},
                                  {"refused", load.refusals},
                                  {"bare_batch", report.bareBatch},
                                  {"uncertainty", figure(load.uncertainty(), kFine)},
                                  {"stable", load.isStable()},
                                  {"interrupted", load.interrupted},
                                  {"device_utilisation", figure(report.resources.utilisation, 3)},
                                  {"loop", options.load.rate ? "open" : "closed"},
                                  {"concurrency", nullptr},
                                  {"rate", figure(options.load.rate)},
                                  {"plan", planJson(plan)}};
    if (!options.load.rate)
        object["concurrency"] = options.load.concurrency;
    return object;
}

std::string toText(const tuning::BenchReport& report, const tuning::BenchOptions& options, const ConcurrencyPlan& plan)
{
    constexpr double kPercent = 100;
    const auto& load = report.load;
    const auto& latency = load.latency;
    const auto ms = [&](double percent) { return milliseconds(latency.percentile(percent)); };
    auto text = fmt::format("workers     {}\n", describe(plan));
    if (options.load.rate) {
        text += fmt::format("load        open loop, {:g} requests/s, {}\n", *options.load.rate,
                            options.load.arrival == tuning::Arrival::Paced ? "evenly" : "at random");
    } else {
        text += fmt::format("load        closed loop, {} requests under way\n", options.load.concurrency);
    }
    text += fmt::format("requests    {}: {} done, {} failed, {} refused\n", load.requests, load.successes,
                        load.failures, load.refusals);
    text += fmt::format("latency     avg {:.1f}, min {:.1f}, max {:.1f} ms; p50 {:.1f}, p95 {:.1f}, p99 {:.1f}, "
                        "p99.9 {:.1f} ms\n",
                        milliseconds(latency.mean()), milliseconds(latency.min()), milliseconds(latency.max()), ms(50),
                        ms(95), ms(99), ms(99.9));
    text += fmt::format("throughput  {:.1f} frames/s", load.framesPerSecond());
    if (const auto uncertainty = load.uncertainty())
        text += fmt::format(" ± {:.1f} %{}", *uncertainty * kPercent, load.isStable() ? "" : ", not stable yet");
    text += fmt::format("; {:.2f} frames a batch\n", load.meanBatch());
    if (report.bareFps) {
        text += fmt::format("bare        {:.1f} frames/s of the network alone at batch {}; efficiency {:.3f}\n",
                            *report.bareFps, report.bareBatch, report.efficiency().value_or(0));
    }
    text += fmt::format("resources   {:.0f} MB at most", report.resources.peakMb);
    if (report.resources.utilisation)
        text += fmt::format("; devices {:.0f} % busy", *report.resources.utilisation * kPercent);
    return text + "\n";
}

/// The same load on a server.
Status runOnServer(const BenchRequest& request, const std::stop_token& stop)
{
    auto options = request.server;
    options.avatar = request.avatar.string();
    if (request.outstanding)
        options.load.streams = *request.outstanding;
    else if (request.rate)
        options.load.streams = kMostOutstanding;
    options.load.rate = request.rate;
    options.load.calls = request.requests;
    if (request.requests > 0 || request.seconds > 0)
        options.load.seconds = request.seconds;
    return runServerBench(std::move(options), request.json, stop);
}

nlohmann::ordered_json toJson(const std::vector<tuning::ExecutorFigures>& executors)
{
    constexpr int kFine = 5;
    auto list = nlohmann::ordered_json::array();
    for (const auto& one : executors)
        list.push_back({{"executor", one.name},
                        {"precision", toString(one.arithmetic)},
                        {"image_half_kept", one.keepsImageHalves},
                        {"ms_per_frame", figure(one.millisecondsAFrame)},
                        {"differing_share", figure(one.differingShare, kFine)},
                        {"largest_difference", one.largestDifference},
                        {"psnr_db", figure(one.psnr, 1)}});
    return {{"executors", list}};
}

std::string toText(const std::vector<tuning::ExecutorFigures>& executors)
{
    constexpr double kSecond = 1000, kPercent = 100;
    const auto& reference = executors.front();
    auto text = fmt::format("{:<66}{:>10}{:>10}{:>9}  other bytes, PSNR\n", "", "ms/frame", "frames/s", "speed");
    for (const auto& one : executors) {
        text += fmt::format("{:<66}{:>10.2f}{:>10.1f}{:>8.2f}×",
                            fmt::format("{}, {}", toString(one.arithmetic), one.name), one.millisecondsAFrame,
                            kSecond / one.millisecondsAFrame, reference.millisecondsAFrame / one.millisecondsAFrame);
        if (&one == &reference)
            text += "  the reference\n";
        else if (one.differingShare == 0)
            text += "  none\n";
        else
            text += fmt::format("  {:.3f} %, {:.1f} dB\n", one.differingShare * kPercent, one.psnr);
    }
    return text;
}

/// The network alone, by everything that computes it.
Status runExecutorComparison(const BenchRequest& request, const std::stop_token& stop)
{
    const auto avatar = chosenAvatar(request.avatar);
    if (!avatar)
        return failure(avatar);
    const auto& wishes = request.concurrency;
    tuning::ExecutorComparisonOptions options;
    options.device = wishes.devices.empty() ? options.device : wishes.devices.front();
    options.threads = wishes.threads.value_or(options.threads);
    options.seconds = request.seconds > 0 ? request.seconds : options.seconds;
    ProgressLine line;
    const auto executors = tuning::compareExecutors(*avatar, options, progressOn(line), stop);
    line.finish();
    if (!executors)
        return failure(executors);
    return request.json ? printJson(toJson(*executors)) : printText(toText(*executors));
}

Status runBench(const BenchRequest& request, const std::stop_token& stop)
{
    if (!request.server.access.address.empty())
        return runOnServer(request, stop);
    if (request.rate && request.outstanding)
        return failure(ErrorCode::Usage,
                       "--rate offers load whatever is under way: only with --target does "
                       "--concurrency bound it.");
    const auto avatar = chosenAvatar(request.avatar);
    if (!avatar)
        return failure(avatar);
    const auto hash = generatorHash(*avatar);
    if (!hash)
        return failure(hash);
    const auto plan = planOf(request.concurrency, tuning::savedPlan(*hash));
    if (!plan)
        return failure(plan);
    const auto ready = startService(*avatar, *plan, stop);
    if (!ready)
        return failure(ready);
    const auto options = optionsOf(request, *plan);
    ProgressLine line;
    const auto report = tuning::bench(*ready->service, ready->avatar, options, progressOn(line), stop);
    line.finish();
    if (!report)
        return failure(report);
    if (!report->bareNote.empty())
        line.say(fmt::format("The bare network was not measured: {}", report->bareNote));
    if (report->load.firstFailure)
        line.say(fmt::format("The first failure: {}", report->load.firstFailure->text()));
    const auto printed =
        request.json ? printJson(toJson(*report, options, *plan)) : printText(toText(*report, options, *plan));
    if (!printed)
        return printed;
    if (report->load.interrupted)
        return failure(ErrorCode::Interrupted, "Stopped; the report covers what was measured until then.");
    return {};
}

} // namespace

void addBenchCommand(CommandLine& line)
{
    constexpr double kHighestRate = 100'000, kMostSeconds = 86'400;
    constexpr std::int64_t kMostRequests = 100'000'000;
    auto request = std::make_shared<BenchRequest>();
    auto* command =
        line.app.add_subcommand("bench", "Load the workers with requests and tell how fast and how steady they are");
    addDemoAvatarOption(*command, request->avatar);
    addConcurrencyOptions(*command, request->concurrency);
    command
        ->add_option("--concurrency,--streams", request->outstanding,
                     "Closed loop: requests under way; default: two full batches a worker, 8 of a target. Open loop of "
                     "a target: the most")
        ->check(CLI::Range(1, kMostOutstanding));
    command->add_option("--rate", request->rate, "Open loop: requests a second, whatever becomes of them")
        ->check(CLI::Range(0.001, kHighestRate));
    addChoice(*command, "--arrival", request->arrival,
              {{"poisson", tuning::Arrival::Poisson}, {"paced", tuning::Arrival::Paced}},
              "Open loop: requests at random or evenly");
    command->add_option("--requests", request->requests, "End after so many")
        ->check(CLI::Range(std::int64_t{1}, kMostRequests));
    command->add_option("--seconds", request->seconds, "End after so long; default: 10, or no limit with --requests")
        ->check(CLI::Range(0.1, kMostSeconds));
    command->add_flag("--no-bare", request->skipsBare, "Do not measure the network alone beside it");
    addServerBenchOptions(*command, request->server);
    command->add_flag("--executor", request->comparesExecutors,
                      "Compare what can compute the avatar's network on the device, frame by frame, without workers");
    addJsonOption(*command, request->json);
    command->footer("Latencies count from the time a request was meant to be sent. Without options for workers those\n"
                    "are used that 'lipsync tune' has saved.\n"
                    "Examples:\n"
                    "  lipsync bench --requests 500 --concurrency 10\n"
                    "  lipsync bench --executor --threads 2\n"
                    "  lipsync bench --workers 2 --batch 4 --rate 50 --seconds 30 --json\n"
                    "  lipsync bench --target 127.0.0.1:50051 --service kserve --avatar demo --streams 16\n"
                    "  lipsync bench --target 127.0.0.1:50051 --paced --streams 4 --deadline 500");
    command->callback([&line, request] {
        line.chosen = [&line, request] {
            return request->comparesExecutors ? runExecutorComparison(*request, line.stop)
                                              : runBench(*request, line.stop);
        };
    });
}

} // namespace lipsync::cli

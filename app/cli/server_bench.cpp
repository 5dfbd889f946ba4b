// SPDX-License-Identifier: GPL-3.0-or-later
#include "server_bench.h"

#include "base/file_system.h"
#include "load_output.h"
#include "options.h"
#include "output.h"

namespace lipsync::cli {

namespace {

using clients::Service;

const char* nameOf(Service service)
{
    switch (service) {
    case Service::Optimized:
        return "optimized";
    case Service::KServe:
        return "kserve";
    case Service::Own:
        break;
    }
    return "own";
}

/// The first word of a file of tokens that is no comment.
Result<std::string> firstToken(const std::string& file)
{
    constexpr std::size_t kMostBytes = 64 << 10;
    const auto bytes = readFile(file, kMostBytes);
    if (!bytes)
        return failure(bytes);
    std::string_view rest(bytes->data(), bytes->size());
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const auto token = line.substr(0, line.find_first_of(" \t\r"));
        if (!token.empty() && !token.starts_with('#'))
            return std::string(token);
    }
    return failure(ErrorCode::InvalidInput, fmt::format("There is no token in {}.", file));
}

nlohmann::ordered_json toJson(const ServerBenchOptions& options, const clients::ServerLoadReport& report)
{
    const auto& latency = report.latency;
    const auto ms = [](const metrics::HistogramSnapshot& of, double percent) {
        return figure(milliseconds(of.percentile(percent)), 3);
    };
    nlohmann::ordered_json statuses = nlohmann::ordered_json::object();
    for (const auto& [name, count] : report.statuses)
        statuses[name] = count;
    return {{"target", options.access.address},
            {"service", nameOf(options.load.service)},
            {"avatar", options.load.avatar},
            {"loop", options.load.rate ? "open" : "closed"},
            {"streams", options.load.streams},
            {"rate", figure(options.load.rate)},
            {"deadline_ms", figure(options.deadlineMs)},
            {"seconds", figure(report.seconds)},
            {"frames", report.frames},
            {"throughput_fps", figure(report.framesPerSecond())},
            {"calls_per_second", figure(report.callsPerSecond())},
            {"calls", report.calls},
            {"successes", report.successes},
            {"refused", report.refusals},
            {"refused_with_pushback", report.pushbacks},
            {"failures", report.failures},
            {"not_sent", report.notSent},
            {"late_frames", report.lateFrames},
            {"latency_of", report.isOfFrames ? "frames" : "calls"},
            {"latency_ms",
             {{"avg", figure(milliseconds(latency.mean()), 3)},
              {"p50", ms(latency, 50)},
              {"p90", ms(latency, 90)},
              {"p99", ms(latency, 99)},
              {"p999", ms(latency, 99.9)},
              {"max", figure(milliseconds(latency.max()), 3)}}},
            {"refusal_ms",
             {{"p50", ms(report.refusalLatency, 50)},
              {"p99", ms(report.refusalLatency, 99)},
              {"max", figure(milliseconds(report.refusalLatency.max()), 3)}}},
            {"statuses", statuses},
            {"first_failure", report.firstFailure},
            {"interrupted", report.interrupted}};
}

std::string toText(const ServerBenchOptions& options, const clients::ServerLoadReport& report)
{
    const auto& load = options.load;
    const auto ms = [](const metrics::HistogramSnapshot& of, double percent) {
        return milliseconds(of.percentile(percent));
    };
    auto text =
        fmt::format("server      {}, {}, avatar {}\n", options.access.address, nameOf(load.service), load.avatar);
    if (load.rate)
        text += fmt::format("load        open loop, {:g} calls/s at random, {} at most under way\n", *load.rate,
                            load.streams);
    else
        text += fmt::format("load        closed loop, {} calls under way\n", load.streams);
    text += fmt::format("calls       {}: {} done, {} refused ({} told when to come back), {} failed", report.calls,
                        report.successes, report.refusals, report.pushbacks, report.failures);
    if (report.notSent > 0)
        text += fmt::format("; {} not sent, because all callers were busy", report.notSent);
    text += "\nstatus     ";
    for (const auto& [name, count] : report.statuses)
        text += fmt::format(" {} {}", name, count);
    text += fmt::format("\nlatency     of {}: p50 {:.2f}, p90 {:.2f}, p99 {:.2f}, longest {:.2f} ms",
                        report.isOfFrames ? "frames, after their sound" : "calls", ms(report.latency, 50),
                        ms(report.latency, 90), ms(report.latency, 99), milliseconds(report.latency.max()));
    if (report.isOfFrames && load.deadline)
        text += fmt::format("; {} frames late", report.lateFrames);
    if (report.refusals > 0)
        text += fmt::format("\nrefusals    p50 {:.2f}, p99 {:.2f}, longest {:.2f} ms", ms(report.refusalLatency, 50),
                            ms(report.refusalLatency, 99), milliseconds(report.refusalLatency.max()));
    text += fmt::format("\nthroughput  {:.1f} frames/s, {:.1f} calls/s\n", report.framesPerSecond(),
                        report.callsPerSecond());
    if (!report.firstFailure.empty())
        text += fmt::format("first problem: {}\n", report.firstFailure);
    return text;
}

} // namespace

void addServerBenchOptions(CLI::App& command, ServerBenchOptions& options)
{
    constexpr int kMostFrames = 15'000;
    constexpr double kLongestDeadlineMs = 600'000;
    auto& access = options.access;
    auto* target = command
                       .add_option("--target", access.address,
                                   "Load a running 'lipsync serve' (or a KServe v2 server) instead of workers here")
                       ->type_name("HOST:PORT");
    const auto belongs = [target](CLI::Option* option) { option->needs(target); };
    addChoice(command, "--service", options.load.service,
              {{"own", Service::Own}, {"optimized", Service::Optimized}, {"kserve", Service::KServe}},
              "Of a target: sessions that speak, the seed system's calls, or ModelInfer");
    belongs(command.get_option("--service"));
    belongs(command
                .add_option("--frames", options.load.frames,
                            "Of a target: frames a call; default: 1, or 50 (two seconds) of speech")
                ->check(CLI::Range(1, kMostFrames)));
    belongs(command.add_flag("--paced", options.load.isPaced,
                             "Of speech: sent as it is spoken; latencies are of frames, after their sound"));
    belongs(command
                .add_option("--deadline", options.deadlineMs,
                            "Of a target: milliseconds a call may take, or a frame of paced speech")
                ->check(CLI::Range(0.1, kLongestDeadlineMs)));
    belongs(command.add_option("--token-file", options.tokenFile, "Of a target: file with the token to show")
                ->type_name("FILE"));
    belongs(command.add_flag("--tls", access.usesTls, "Of a target: TLS with the system's authorities"));
    belongs(command
                .add_option("--tls-authorities", access.authoritiesFile,
                            "Of a target: who signed its certificate, PEM; implies --tls")
                ->type_name("FILE"));
    belongs(command.add_option("--tls-certificate", access.certificateFile, "Of a target: one's own certificate, PEM")
                ->type_name("FILE"));
    belongs(command.add_option("--tls-key", access.keyFile, "Its key, PEM")->type_name("FILE"));
}

Status runServerBench(ServerBenchOptions options, bool json, const std::stop_token& stop)
{
    if (!options.tokenFile.empty()) {
        auto token = firstToken(options.tokenFile);
        if (!token)
            return failure(token);
        options.access.token = std::move(*token);
    }
    if (options.deadlineMs)
        options.load.deadline = fromMilliseconds(*options.deadlineMs);
    options.load.avatar = options.avatar.empty() ? "demo" : options.avatar;
    const auto report = clients::offerServerLoad(options.access, options.load, stop);
    if (!report)
        return failure(report);
    const auto printed = json ? printJson(toJson(options, *report)) : printText(toText(options, *report));
    if (!printed)
        return printed;
    if (report->interrupted)
        return failure(ErrorCode::Interrupted, "Stopped; the report covers what was measured until then.");
    return {};
}

} // namespace lipsync::cli

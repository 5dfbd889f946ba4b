// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "concurrency_options.h"
#include "demo_avatar.h"
#include "load_output.h"
#include "options.h"
#include "output.h"
#include "tuning/capacity.h"
#include "tuning/saved_tuning.h"

#include <charconv>
#include <cmath>
#include <memory>

namespace lipsync::cli {

namespace {

struct DeviceCost {
    double baseMs = 0, perFrameMs = 0;
};

struct PlanRequest {
    std::filesystem::path avatar;
    tuning::CapacityQuestion question;
    std::optional<double> goalP99Ms;
    std::optional<DeviceCost> cost;
    std::optional<int> devices, workers, batch;
    bool json = false;
};

std::optional<DeviceCost> parseCost(std::string_view text)
{
    constexpr double kMostMs = 3'600'000;
    DeviceCost cost;
    const char* const last = text.data() + text.size();
    const auto base = std::from_chars(text.data(), last, cost.baseMs);
    if (base.ec != std::errc() || base.ptr == last || *base.ptr != ',')
        return {};
    const auto frame = std::from_chars(base.ptr + 1, last, cost.perFrameMs);
    const auto isSound = [](double value) { return value >= 0 && value <= kMostMs; };
    if (frame.ec != std::errc() || frame.ptr != last || !isSound(cost.baseMs) || !isSound(cost.perFrameMs))
        return {};
    return cost.baseMs + cost.perFrameMs > 0 ? std::optional(cost) : std::nullopt;
}

/// One kind of workers for each device, with the cost that was described.
void describeDevices(PlanRequest& request)
{
    constexpr int kStandardBatch = 4;
    auto& question = request.question;
    question.batchSizes = batchSizesUpTo(request.batch.value_or(kStandardBatch));
    for (int device = 0; device < request.devices.value_or(1); ++device) {
        scheduling::SimulatedWorkers workers;
        workers.count = request.workers.value_or(1);
        workers.device = fmt::format("device {}", device);
        workers.baseMs = request.cost->baseMs;
        workers.perFrameMs = request.cost->perFrameMs;
        workers.jitter = tuning::kBatchJitter;
        question.workers.push_back(workers);
    }
}

/// The same with what the network costs on this machine, under the tuned plan where there is one.
Status measureDevices(PlanRequest& request, const std::stop_token& stop)
{
    const auto folder = chosenAvatar(request.avatar);
    if (!folder)
        return failure(folder);
    const auto package = avatar::AvatarPackage::open(*folder);
    if (!package)
        return failure(package);
    const auto frames = avatar::TemplateFrames::open(*package);
    if (!frames)
        return failure(frames);
    ConcurrencyOptions options;
    options.workers = request.workers;
    options.batch = request.batch;
    const auto plan = planOf(options, tuning::savedPlan((*package)->manifest().generatorHash()));
    if (!plan)
        return failure(plan);

    const auto present = plan->devices.size();
    const auto wanted = static_cast<std::size_t>(request.devices.value_or(static_cast<int>(present)));
    auto measured = *plan;
    measured.devices.resize(std::min(present, wanted));
    auto workers = tuning::measureWorkers(*frames, measured, stop);
    if (!workers)
        return failure(workers);
    auto& question = request.question;
    question.batchSizes = plan->batchSizes;
    question.workers = std::move(*workers);
    while (question.workers.size() < wanted) { // more devices than there are count as further ones of the last kind
        question.workers.push_back(question.workers.back());
        question.workers.back().device = fmt::format("device {}", question.workers.size() - 1);
    }
    return {};
}

nlohmann::ordered_json costJson(const scheduling::SimulatedWorkers& workers)
{
    nlohmann::ordered_json cost{{"device", workers.device}, {"workers", workers.count}};
    if (workers.tableMs.empty()) {
        cost["base_ms"] = workers.baseMs;
        cost["per_frame_ms"] = workers.perFrameMs;
    }
    for (const auto& [size, ms] : workers.tableMs)
        cost["batch_ms"][std::to_string(size)] = rounded(ms, 3);
    return cost;
}

nlohmann::ordered_json toJson(const tuning::CapacityQuestion& question, const tuning::CapacityAnswer& answer, int most)
{
    constexpr int kFine = 5;
    auto costs = nlohmann::ordered_json::array();
    for (const auto& workers : question.workers)
        costs.push_back(costJson(workers));
    return {{"holds", answer.holds},
            {"p99_ms", figure(answer.p99Ms)},
            {"late_fraction", figure(answer.lateFraction, kFine)},
            {"most_viewers", most},
            {"viewers", question.viewers},
            {"fps", question.framesPerSecond},
            {"duty", question.duty},
            {"goal_p99_ms", question.goalP99Ms},
            {"utilisation", figure(answer.utilisation, 3)},
            {"mean_batch", figure(answer.meanBatch)},
            {"batch_sizes", question.batchSizes},
            {"costs", costs}};
}

std::string toText(const tuning::CapacityQuestion& question, const tuning::CapacityAnswer& answer, int most)
{
    std::string text;
    for (const auto& sentence : tuning::explain(question, answer, most))
        text += sentence + "\n";
    return text;
}

Status runPlan(PlanRequest request, const std::stop_token& stop)
{
    if (request.cost)
        describeDevices(request);
    else if (auto measured = measureDevices(request, stop); !measured)
        return measured;
    auto& question = request.question;
    question.goalP99Ms = request.goalP99Ms.value_or(question.goalP99Ms);
    const auto answer = tuning::answer(question);
    const int most = tuning::mostViewers(question, stop);
    if (auto going = checkGoingOn(stop); !going)
        return going;
    return request.json ? printJson(toJson(question, answer, most)) : printText(toText(question, answer, most));
}

} // namespace

void addPlanCommand(CommandLine& line)
{
    constexpr int kMostViewers = 100'000, kMostDevices = 256, kMostWorkers = 64, kLargestBatch = 64;
    auto request = std::make_shared<PlanRequest>();
    auto& question = request->question;
    auto* command = line.app.add_subcommand("plan", "Tell how many viewers these or other devices can serve");
    command->add_option("--viewers", question.viewers, "Avatars that are watched at the same time")
        ->required()
        ->check(CLI::Range(1, kMostViewers));
    command->add_option("--fps", question.framesPerSecond, "Frames a second of each while it talks")
        ->check(CLI::Range(0.1, 1000.0))
        ->capture_default_str();
    command->add_option("--duty", question.duty, "Share of the time in which it talks")
        ->check(CLI::Range(0.001, 1.0))
        ->capture_default_str();
    addGoalOption(*command, request->goalP99Ms, "99 of 100 frames are there within so many ms; default: p99=40");
    command
        ->add_option_function<std::string>(
            "--device-cost", [request](const std::string& given) { request->cost = parseCost(given); },
            "What a batch takes in ms, BASE,PER_FRAME; default: measured here")
        ->check([](const std::string& given) {
            return parseCost(given) ? std::string() : "'" + given + "' is no cost such as 4,0.8 (milliseconds)";
        })
        ->type_name("BASE,FRAME");
    command->add_option("--devices", request->devices, "Devices of that kind; default: those there are, or 1")
        ->check(CLI::Range(1, kMostDevices));
    command->add_option("--workers", request->workers, "Workers on each device")->check(CLI::Range(1, kMostWorkers));
    command->add_option("--batch", request->batch, "Most frames of a batch")->check(CLI::Range(1, kLargestBatch));
    addDemoAvatarOption(*command, request->avatar);
    addJsonOption(*command, request->json);
    command->footer("The engine's own scheduler is played in virtual time with those costs.\n"
                    "Examples:\n"
                    "  lipsync plan --viewers 20 --fps 25 --duty 0.3 --goal p99=40\n"
                    "  lipsync plan --viewers 500 --device-cost 4,0.8 --devices 4 --workers 3 --batch 16");
    command->callback([&line, request] { line.chosen = [&line, request] { return runPlan(*request, line.stop); }; });
}

} // namespace lipsync::cli

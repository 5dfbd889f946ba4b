// SPDX-License-Identifier: GPL-3.0-or-later
#include "load_output.h"

#include "avatar/avatar_package.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace lipsync::cli {

namespace {

std::optional<double> parseGoal(std::string_view text)
{
    constexpr std::string_view kName = "p99=";
    constexpr double kLongestMs = 3'600'000;
    if (!text.starts_with(kName))
        return {};
    text.remove_prefix(kName.size());
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isWhole = problem == std::errc() && end == text.data() + text.size();
    return isWhole && value > 0 && value <= kLongestMs ? std::optional(value) : std::nullopt;
}

} // namespace

Result<std::string> generatorHash(const std::filesystem::path& avatar)
{
    const auto package = avatar::AvatarPackage::open(avatar, {.verifyHashes = false});
    if (!package)
        return failure(package);
    return (*package)->manifest().generatorHash();
}

Result<ReadyService> startService(const std::filesystem::path& avatar, const ConcurrencyPlan& plan,
                                  const std::stop_token& stop)
{
    session::FrameServiceOptions options;
    options.plan = plan;
    auto service = session::FrameService::create(options);
    if (!service)
        return failure(service);
    auto loaded = tuning::LoadedAvatar::open(**service, avatar, stop);
    if (!loaded)
        return failure(loaded);
    return ReadyService{std::move(*service), std::move(*loaded)};
}

void addGoalOption(CLI::App& command, std::optional<double>& goalP99Ms, const std::string& description)
{
    command
        .add_option_function<std::string>(
            "--goal", [&goalP99Ms](const std::string& given) { goalP99Ms = parseGoal(given); }, description)
        ->check([](const std::string& given) {
            return parseGoal(given) ? std::string() : "'" + given + "' is no goal such as p99=40 (milliseconds)";
        })
        ->type_name("p99=MS");
}

double rounded(double value, int decimals)
{
    const double scale = std::pow(10, decimals);
    return std::round(value * scale) / scale;
}

nlohmann::ordered_json figure(std::optional<double> value, int decimals)
{
    if (!value || !std::isfinite(*value))
        return nullptr;
    return rounded(*value, decimals);
}

nlohmann::ordered_json planJson(const ConcurrencyPlan& plan)
{
    auto devices = nlohmann::ordered_json::array();
    for (const auto& device : plan.devices)
        devices.push_back({{"device", device.device}, {"workers", device.workers}});
    return {{"devices", devices},
            {"workers", plan.workerCount()},
            {"threads", plan.threadsPerWorker},
            {"isolation", toString(plan.isolation)},
            {"batch", plan.largestBatch()},
            {"max_wait_ms", plan.maxWaitMs},
            {"precision", toString(plan.arithmetic)},
            {"balance", toString(plan.balance)},
            {"shares", {{"preview", plan.shares.preview}, {"live", plan.shares.live}, {"export", plan.shares.bulk}}}};
}

tuning::TuningProgress progressOn(ProgressLine& line)
{
    return [&line](std::string_view doing, double share) { line.show(doing, share, ""); };
}

} // namespace lipsync::cli

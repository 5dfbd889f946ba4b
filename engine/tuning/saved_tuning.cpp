// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/saved_tuning.h"

#include "avatar/json_object.h"
#include "base/file_system.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace lipsync::tuning {

namespace {

using Json = nlohmann::json;
using avatar::JsonObject;

constexpr const char* kName = "tuning.json";
constexpr int kSchemaVersion = 1;
constexpr int kMaxDepth = 8;
constexpr std::size_t kLongestText = 1024;
constexpr std::size_t kMostDevices = 64;
constexpr std::size_t kMostSizes = 64;
constexpr double kLargestFigure = 1e9; ///< frames/s or ms
constexpr int kLargestBatch = PlanLimits::kLargestBatch;
constexpr int kMostWorkers = PlanLimits::kMostWorkers;
constexpr int kMostThreads = PlanLimits::kMostThreads;

/// A finite number from 0 to the largest; `otherwise` when the key may be absent.
double figure(JsonObject& object, const char* key, double most, std::optional<double> otherwise = {})
{
    const auto& value = object.value();
    const auto found = value.is_object() ? value.find(key) : value.end();
    if (!value.is_object() || found == value.end() || found->is_null()) {
        if (!otherwise)
            object.refuse(key, "is missing");
        return otherwise.value_or(0);
    }
    const double number = found->is_number() ? found->get<double>() : -1;
    if (!(number >= 0 && number <= most)) {
        object.refuse(key, fmt::format("must be a number from 0 to {}", most));
        return 0;
    }
    return number;
}

template <typename Value, typename Parse>
Value choice(JsonObject& object, const char* key, Value otherwise, Parse&& parse)
{
    const auto text = object.text(key, kLongestText);
    const auto found = parse(text);
    if (!found)
        object.refuse(key, "names nothing that is known");
    return found.value_or(otherwise);
}

std::vector<DevicePlan> devicesOf(JsonObject& plan)
{
    const auto& value = plan.value();
    std::vector<DevicePlan> devices;
    const auto list = value.is_object() ? value.find("devices") : value.end();
    if (!value.is_object() || list == value.end() || !list->is_array() || list->size() > kMostDevices) {
        plan.refuse("devices", fmt::format("must be a list of at most {} devices", kMostDevices));
        return devices;
    }
    for (const auto& entry : *list) {
        JsonObject device(entry, kName);
        DevicePlan read{device.text("device", kLongestText), device.number("workers", 1, kMostWorkers)};
        if (device.error())
            plan.refuse("devices", device.error()->message);
        devices.push_back(std::move(read));
    }
    return devices;
}

std::vector<int> sizesOf(JsonObject& plan)
{
    const auto& value = plan.value();
    std::vector<int> sizes;
    const auto list = value.is_object() ? value.find("batch_sizes") : value.end();
    if (!value.is_object() || list == value.end() || !list->is_array() || list->size() > kMostSizes) {
        plan.refuse("batch_sizes", fmt::format("must be a list of at most {} numbers", kMostSizes));
        return sizes;
    }
    for (const auto& entry : *list) {
        const auto size = avatar::wholeNumber(entry);
        if (!size || *size < 1 || *size > kLargestBatch)
            plan.refuse("batch_sizes", fmt::format("must hold numbers from 1 to {}", kLargestBatch));
        else
            sizes.push_back(static_cast<int>(*size));
    }
    return sizes;
}

/// Those that are not there keep their defaults: older files have none.
ClassShares sharesOf(JsonObject& plan)
{
    ClassShares shares;
    const auto& value = plan.value();
    const auto found = value.is_object() ? value.find("shares") : value.end();
    if (!value.is_object() || found == value.end())
        return shares;
    auto object = plan.object("shares");
    const auto share = [&](const char* key, int& of) { of = object.number(key, 1, PlanLimits::kLargestShare, of); };
    share("preview", shares.preview);
    share("live", shares.live);
    share("export", shares.bulk);
    return shares;
}

ConcurrencyPlan planOf(JsonObject object)
{
    ConcurrencyPlan plan;
    plan.devices = devicesOf(object);
    plan.isolation = choice(object, "isolation", plan.isolation, parseIsolation);
    plan.threadsPerWorker = object.number("threads_per_worker", 1, kMostThreads);
    plan.batchSizes = sizesOf(object);
    plan.maxWaitMs = figure(object, "max_wait_ms", PlanLimits::kLongestWaitMs);
    plan.arithmetic = choice(object, "precision", plan.arithmetic, parseArithmetic);
    plan.balance = choice(object, "balance", plan.balance, parseBalance);
    plan.shares = sharesOf(object);
    return plan;
}

Result<SavedTuning> tuningOf(const Json& entry)
{
    JsonObject object(entry, kName);
    SavedTuning tuning;
    tuning.key = {object.text("devices", kLongestText), object.text("driver", kLongestText),
                  object.text("build", kLongestText), object.text("model", kLongestText)};
    tuning.plan = planOf(object.object("plan"));
    tuning.framesPerSecond = figure(object, "throughput_fps", kLargestFigure);
    tuning.p99Ms = figure(object, "p99_ms", kLargestFigure);
    constexpr double kNoGoal = -1;
    const double goal = figure(object, "goal_p99_ms", kLargestFigure, kNoGoal);
    if (goal >= 0)
        tuning.goalP99Ms = goal;
    if (object.error())
        return tl::unexpected<Error>(*object.error());
    if (auto sound = checkPlan(tuning.plan); !sound)
        return failure(ErrorCode::InvalidInput, fmt::format("{}: {}", kName, sound.error().message));
    return tuning;
}

nlohmann::ordered_json toObject(const ConcurrencyPlan& plan)
{
    auto devices = nlohmann::ordered_json::array();
    for (const auto& device : plan.devices)
        devices.push_back({{"device", device.device}, {"workers", device.workers}});
    return {{"devices", devices},
            {"isolation", toString(plan.isolation)},
            {"threads_per_worker", plan.threadsPerWorker},
            {"batch_sizes", plan.batchSizes},
            {"max_wait_ms", plan.maxWaitMs},
            {"precision", toString(plan.arithmetic)},
            {"balance", toString(plan.balance)},
            {"shares", {{"preview", plan.shares.preview}, {"live", plan.shares.live}, {"export", plan.shares.bulk}}}};
}

} // namespace

Result<std::vector<SavedTuning>> parseTunings(std::string_view json)
{
    const auto parsed = avatar::parseJson(json, kName, kMaxTuningBytes, kMaxDepth);
    if (!parsed)
        return failure(parsed);
    JsonObject file(*parsed, kName);
    file.number("schema_version", kSchemaVersion, kSchemaVersion);
    if (file.error())
        return tl::unexpected<Error>(*file.error());
    const auto list = parsed->find("tunings");
    if (list == parsed->end() || !list->is_array() || list->size() > kMaxTunings) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{}: tunings must be a list of at most {}.", kName, kMaxTunings));
    }
    std::vector<SavedTuning> tunings;
    for (const auto& entry : *list) {
        auto tuning = tuningOf(entry);
        if (!tuning)
            return failure(tuning);
        tunings.push_back(std::move(*tuning));
    }
    return tunings;
}

std::string toJson(const std::vector<SavedTuning>& tunings)
{
    auto list = nlohmann::ordered_json::array();
    for (const auto& tuning : tunings) {
        list.push_back({{"devices", tuning.key.devices},
                        {"driver", tuning.key.driver},
                        {"build", tuning.key.build},
                        {"model", tuning.key.model},
                        {"plan", toObject(tuning.plan)},
                        {"throughput_fps", tuning.framesPerSecond},
                        {"p99_ms", tuning.p99Ms},
                        {"goal_p99_ms", nullptr}});
        if (tuning.goalP99Ms)
            list.back()["goal_p99_ms"] = *tuning.goalP99Ms;
    }
    constexpr int kIndent = 2;
    const nlohmann::ordered_json file{{"schema_version", kSchemaVersion}, {"tunings", list}};
    return file.dump(kIndent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::filesystem::path tuningFile()
{
    const std::filesystem::path name = std::filesystem::path("lipsync-studio") / kName;
    if (const char* configuration = std::getenv("XDG_CONFIG_HOME"); configuration && *configuration == '/')
        return configuration / name;
    if (const char* home = std::getenv("HOME"); home && *home == '/')
        return std::filesystem::path(home) / ".config" / name;
    return {};
}

Status saveTuning(const SavedTuning& tuning, const std::filesystem::path& file)
{
    if (file.empty()) {
        return failure(ErrorCode::Resource,
                       "The tuning cannot be kept: neither HOME nor XDG_CONFIG_HOME names a folder.");
    }
    std::vector<SavedTuning> tunings;
    if (const auto bytes = readFile(file, kMaxTuningBytes)) {
        if (auto present = parseTunings({bytes->data(), bytes->size()}))
            tunings = std::move(*present);
    }
    std::erase_if(tunings, [&](const auto& other) { return other.key == tuning.key; });
    if (tunings.size() >= kMaxTunings)
        tunings.erase(tunings.begin()); // the oldest
    tunings.push_back(tuning);
    std::error_code problem;
    std::filesystem::create_directories(file.parent_path(), problem);
    if (problem) {
        return failure(ErrorCode::Resource,
                       fmt::format("The folder {} for the tuning cannot be made.", file.parent_path().string()),
                       problem.message());
    }
    return writeFile(file, toJson(tunings));
}

std::optional<SavedTuning> findTuning(const TuningKey& key, const std::filesystem::path& file)
{
    if (file.empty())
        return {};
    const auto bytes = readFile(file, kMaxTuningBytes);
    if (!bytes)
        return {};
    const auto tunings = parseTunings({bytes->data(), bytes->size()});
    if (!tunings)
        return {};
    const auto found =
        std::find_if(tunings->begin(), tunings->end(), [&](const auto& tuning) { return tuning.key == key; });
    return found == tunings->end() ? std::nullopt : std::optional(*found);
}

std::optional<ConcurrencyPlan> savedPlan(const std::string& modelHash)
{
    const auto found = findTuning(tuningKey(modelHash));
    return found ? std::optional(found->plan) : std::nullopt;
}

ConcurrencyPlan standardPlan()
{
    ConcurrencyPlan plan;
    plan.devices.clear();
    for (const auto& device : defaultDevices())
        plan.devices.push_back({device, device == "cpu" ? std::min(coreCount(), kMostWorkers) : 1});
    return plan;
}

} // namespace lipsync::tuning

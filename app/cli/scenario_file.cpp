// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario_file.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

using namespace scheduling;

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::size_t kMostEntries = 256; ///< in a list
constexpr double kShortestMs = 0.001, kLongestMs = 3'600'000;
constexpr double kLongestSeconds = 3600;
constexpr double kHighestRate = 10'000;
constexpr double kMostFrames = 20'000'000; ///< of a simulation, so that it ends
constexpr int kMostWorkers = 64, kMostStreams = 4096, kMostOutstanding = 4096, kLargestBatch = 256;

/// Reads an object's values by key. The first failure is kept; later reads give what was there before.
class Reader {
public:
    Reader(const nlohmann::json& object, std::string path, std::optional<Error>& error)
        : m_object(object)
        , m_path(std::move(path))
        , m_error(error)
    {
        if (!object.is_object())
            refuse("", "must be an object");
    }
    /// Refuses keys that nobody has asked for.
    ~Reader()
    {
        if (!m_object.is_object())
            return;
        for (const auto& [key, value] : m_object.items()) {
            if (!m_known.contains(key))
                refuse(key.substr(0, kShown), "is not known");
        }
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    void refuse(const std::string& key, const std::string& why)
    {
        if (!m_error)
            m_error = Error{
                ErrorCode::InvalidInput, fmt::format("The scenario cannot be used: {}{} {}.", m_path, key, why), {}};
    }
    const nlohmann::json* find(const std::string& key)
    {
        m_known.insert(key);
        if (!m_object.is_object())
            return nullptr;
        const auto found = m_object.find(key);
        return found == m_object.end() ? nullptr : &*found;
    }
    void read(const std::string& key, double& value, double least, double most)
    {
        const auto* found = find(key);
        if (!found)
            return;
        if (found->is_number() && found->get<double>() >= least && found->get<double>() <= most)
            value = found->get<double>();
        else
            refuse(key, fmt::format("must be a number from {} to {}", least, most));
    }
    void read(const std::string& key, int& value, int least, int most)
    {
        double number = value;
        read(key, number, least, most);
        if (number != static_cast<double>(static_cast<int>(number)))
            refuse(key, "must be a whole number");
        value = static_cast<int>(number);
    }
    void read(const std::string& key, bool& value)
    {
        const auto* found = find(key);
        if (found && found->is_boolean())
            value = found->get<bool>();
        else if (found)
            refuse(key, "must be true or false");
    }
    template <typename Choice>
    void read(const std::string& key, Choice& value, const std::vector<std::pair<std::string_view, Choice>>& choices)
    {
        const auto* found = find(key);
        if (!found)
            return;
        std::string known;
        for (const auto& [name, choice] : choices) {
            if (found->is_string() && found->get_ref<const std::string&>() == name) {
                value = choice;
                return;
            }
            known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
        }
        refuse(key, "must be one of " + known);
    }
    /// Calls `each` for the values of a list.
    template <typename Each> void readList(const std::string& key, Each each)
    {
        const auto* found = find(key);
        if (!found)
            return;
        if (!found->is_array() || found->size() > kMostEntries)
            return refuse(key, fmt::format("must be a list of at most {}", kMostEntries));
        for (std::size_t i = 0; i < found->size() && !m_error; ++i)
            each((*found)[i], fmt::format("{}{}[{}].", m_path, key, i));
    }

private:
    static constexpr std::size_t kShown = 64; ///< bytes of an unknown key
    const nlohmann::json& m_object;
    const std::string m_path;
    std::optional<Error>& m_error;
    std::set<std::string> m_known;
};

/// s(b) in milliseconds by batch size, e.g. {"1": 5, "4": 9.5}.
void readTable(Reader& reader, std::map<int, double>& tableMs)
{
    const auto* table = reader.find("table_ms");
    if (!table)
        return;
    if (!table->is_object() || table->size() > kMostEntries)
        return reader.refuse("table_ms", "must be an object of milliseconds by batch size");
    for (const auto& [size, value] : table->items()) {
        constexpr std::size_t kMostDigits = 3;
        const bool isSize = !size.empty() && size.size() <= kMostDigits &&
            std::all_of(size.begin(), size.end(), [](char c) { return c >= '0' && c <= '9'; });
        const int number = isSize ? std::stoi(size) : 0;
        const double ms = value.is_number() ? value.template get<double>() : 0;
        if (number < 1 || !(ms >= kShortestMs && ms <= kLongestMs))
            return reader.refuse("table_ms", "must give milliseconds above 0 for batch sizes from 1 to 999");
        tableMs[number] = ms;
    }
    const auto isLess = [](const auto& a, const auto& b) { return a.second > b.second; };
    if (std::adjacent_find(tableMs.begin(), tableMs.end(), isLess) != tableMs.end())
        reader.refuse("table_ms", "must not give less time for a larger batch");
}

SimulatedWorkers readWorkers(Reader& reader)
{
    SimulatedWorkers workers;
    reader.read("count", workers.count, 1, kMostWorkers);
    if (const auto* device = reader.find("device")) {
        constexpr std::size_t kLongestName = 64;
        if (device->is_string() && device->get_ref<const std::string&>().size() <= kLongestName)
            workers.device = device->get<std::string>();
        else
            reader.refuse("device", "must be a short text");
    }
    reader.read("base_ms", workers.baseMs, kShortestMs, kLongestMs);
    reader.read("per_frame_ms", workers.perFrameMs, 0, kLongestMs);
    readTable(reader, workers.tableMs);
    reader.read("jitter", workers.jitter, 0, 1);
    reader.read("load_ms", workers.loadMs, 0, kLongestMs);
    reader.read("crash_probability", workers.crashProbability, 0, 1);
    reader.read("hang_probability", workers.hangProbability, 0, 1);
    reader.read("load_failure_probability", workers.loadFailureProbability, 0, 1);
    reader.read("out_of_memory_above", workers.outOfMemoryAbove, 0, kLargestBatch);
    return workers;
}

SimulatedLoad readLoad(Reader& reader)
{
    using Arrival = SimulatedLoad::Arrival;
    SimulatedLoad load;
    reader.read("class", load.jobClass,
                {{"preview", JobClass::Preview}, {"live", JobClass::Live}, {"bulk", JobClass::Bulk}});
    reader.read("arrival", load.arrival,
                {{"paced", Arrival::Paced}, {"poisson", Arrival::Poisson}, {"endless", Arrival::Endless}});
    reader.read("streams", load.streams, 1, kMostStreams);
    constexpr double kLowestRate = 0.01;
    reader.read("rate", load.rate, kLowestRate, kHighestRate);
    reader.read("random_phase", load.randomPhase);
    constexpr double kLeastDuty = 0.001;
    reader.read("duty", load.duty, kLeastDuty, 1);
    reader.read("talk_seconds", load.talkSeconds, kLeastDuty, kLongestSeconds);
    reader.read("outstanding", load.outstanding, 1, kMostOutstanding);
    double deadline = 0;
    reader.read("deadline_ms", deadline, 0, kLongestMs);
    if (deadline > 0)
        load.deadlineMs = deadline;
    reader.read("start_seconds", load.startSeconds, 0, kLongestSeconds);
    reader.read("end_seconds", load.endSeconds, 0, kLongestSeconds);
    reader.read("latest_wins", load.latestWins);
    if (load.latestWins && load.arrival == Arrival::Endless)
        reader.refuse("latest_wins", "makes no sense of an endless load");
    reader.read("failing_share", load.failingShare, 0, 1);
    reader.read("killing_share", load.killingShare, 0, 1);
    return load;
}

SimulatedEvent readEvent(Reader& reader)
{
    using Kind = SimulatedEvent::Kind;
    SimulatedEvent event;
    reader.read("kind", event.kind,
                {{"drain", Kind::Drain},
                 {"kill_worker", Kind::KillWorker},
                 {"add_worker", Kind::AddWorker},
                 {"remove_worker", Kind::RemoveWorker},
                 {"replace_workers", Kind::ReplaceWorkers},
                 {"set_batching", Kind::SetBatching},
                 {"cancel_streams", Kind::CancelStreams}});
    reader.read("at_seconds", event.atSeconds, 0, kLongestSeconds);
    event.value = 1;
    reader.read("value", event.value, 1, kLargestBatch);
    return event;
}

void readOptions(Reader& reader, SchedulerOptions& options)
{
    std::vector<int> sizes;
    bool isSound = true;
    reader.readList("batch_sizes", [&](const nlohmann::json& value, const std::string&) {
        const bool isSize = value.is_number_integer() && value >= 1 && value <= kLargestBatch;
        isSound = isSound && isSize && (sizes.empty() || value.get<int>() > sizes.back());
        sizes.push_back(isSize ? value.get<int>() : 0);
    });
    if (!isSound)
        reader.refuse("batch_sizes", fmt::format("must ascend from 1 or more to at most {}", kLargestBatch));
    else if (!sizes.empty())
        options.batchSizes = sizes;
    double wait = 0;
    constexpr double kLongestWaitMs = 1000;
    reader.read("max_wait_ms", wait, 0, kLongestWaitMs);
    options.maxWait = fromMilliseconds(wait);
    reader.read("balance", options.balance,
                {{"finish-time", Balance::FinishTime},
                 {"round-robin", Balance::RoundRobin},
                 {"least-outstanding", Balance::LeastOutstanding},
                 {"random-of-two", Balance::RandomOfTwo}});
    reader.read("policy", options.policy,
                {{"slack-aware", BatchPolicy::SlackAware},
                 {"fifo", BatchPolicy::Fifo},
                 {"strict-mixed", BatchPolicy::StrictMixed},
                 {"strict-separate", BatchPolicy::StrictSeparate}});
}

/// Frames a second that are asked for, at most.
double demand(const Scenario& scenario)
{
    double rate = 0;
    for (const auto& load : scenario.loads) {
        const bool isPoisson = load.arrival == SimulatedLoad::Arrival::Poisson;
        constexpr double kAsksASecond = 1000; // a refused endless stream asks again every millisecond
        const double each =
            load.arrival == SimulatedLoad::Arrival::Endless ? kAsksASecond * load.outstanding : load.rate;
        rate += isPoisson ? load.rate : each * load.streams;
    }
    return rate;
}

} // namespace

Result<Scenario> parseScenario(std::string_view text)
{
    if (text.size() > kMostBytes)
        return failure(ErrorCode::InvalidInput, "The scenario is larger than 1 MiB.");
    constexpr int kMostDepth = 8;
    const auto isShallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        return depth <= kMostDepth;
    };
    const auto json = nlohmann::json::parse(text, isShallow, /*allow_exceptions=*/false);
    if (json.is_discarded())
        return failure(ErrorCode::InvalidInput, "The scenario is no JSON.");

    std::optional<Error> error;
    Scenario scenario;
    {
        Reader reader(json, "", error);
        reader.read("seconds", scenario.seconds, 0.1, kLongestSeconds);
        reader.read("warm_up_seconds", scenario.warmUpSeconds, 0, scenario.seconds / 2);
        reader.read("drain_seconds", scenario.drainSeconds, 0, kLongestSeconds);
        int seed = 1;
        reader.read("seed", seed, 0, std::numeric_limits<int>::max());
        scenario.seed = static_cast<std::uint64_t>(seed);
        readOptions(reader, scenario.options);
        scenario.workers.clear();
        reader.readList("workers", [&](const nlohmann::json& value, const std::string& path) {
            Reader entry(value, path, error);
            scenario.workers.push_back(readWorkers(entry));
        });
        reader.readList("loads", [&](const nlohmann::json& value, const std::string& path) {
            Reader entry(value, path, error);
            scenario.loads.push_back(readLoad(entry));
        });
        reader.readList("events", [&](const nlohmann::json& value, const std::string& path) {
            Reader entry(value, path, error);
            scenario.events.push_back(readEvent(entry));
        });
        if (scenario.workers.empty() || scenario.loads.empty())
            reader.refuse("workers and loads", "must name at least one each");
        if (demand(scenario) * scenario.seconds > kMostFrames)
            reader.refuse("loads", "ask for too many frames in all; shorten \"seconds\"");
    }
    if (error)
        return tl::unexpected(*error);
    return scenario;
}

} // namespace lipsync::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/concurrency_plan.h"

#include <algorithm>
#include <array>

namespace lipsync {

namespace {

using Limits = PlanLimits;

constexpr std::array<std::string_view, 2> kIsolations{"thread", "process"};
constexpr std::array<std::string_view, 3> kArithmetics{"fp32", "bf16", "fp16"};
constexpr std::array<std::string_view, 4> kBalances{"finish-time", "round-robin", "least-outstanding", "random-of-two"};

template <typename Enum, std::size_t Count>
std::optional<Enum> parse(const std::array<std::string_view, Count>& names, std::string_view text)
{
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end())
        return {};
    return static_cast<Enum>(found - names.begin());
}

Status refuse(std::string sentence)
{
    return failure(ErrorCode::Usage, std::move(sentence));
}

} // namespace

std::string_view toString(Isolation isolation)
{
    return kIsolations[static_cast<std::size_t>(isolation)];
}

std::optional<Isolation> parseIsolation(std::string_view text)
{
    return parse<Isolation>(kIsolations, text);
}

std::string_view toString(Arithmetic arithmetic)
{
    return kArithmetics[static_cast<std::size_t>(arithmetic)];
}

std::optional<Arithmetic> parseArithmetic(std::string_view text)
{
    return parse<Arithmetic>(kArithmetics, text);
}

std::string_view toString(Balance balance)
{
    return kBalances[static_cast<std::size_t>(balance)];
}

std::optional<Balance> parseBalance(std::string_view text)
{
    return parse<Balance>(kBalances, text);
}

int ConcurrencyPlan::workerCount() const
{
    int count = 0;
    for (const auto& device : devices)
        count += device.workers;
    return count;
}

bool operator==(const DevicePlan& a, const DevicePlan& b)
{
    return a.device == b.device && a.workers == b.workers;
}

bool operator==(const ConcurrencyPlan& a, const ConcurrencyPlan& b)
{
    return a.devices == b.devices && a.isolation == b.isolation && a.threadsPerWorker == b.threadsPerWorker &&
        a.batchSizes == b.batchSizes && a.maxWaitMs == b.maxWaitMs && a.arithmetic == b.arithmetic &&
        a.balance == b.balance && a.shares == b.shares;
}

Status checkPlan(const ConcurrencyPlan& plan)
{
    if (plan.devices.empty())
        return refuse("No device is chosen; take at least one, for example cpu.");
    for (const auto& device : plan.devices) {
        if (device.device.empty())
            return refuse("A device has no name; write cpu, cuda:0, HOST:PORT or kserve://HOST:PORT.");
        if (device.workers < 1 || device.workers > Limits::kMostWorkers) {
            return refuse(fmt::format("{} workers on {} make no sense; choose 1 to {}.", device.workers, device.device,
                                      Limits::kMostWorkers));
        }
        const auto same = [&](const DevicePlan& other) { return other.device == device.device; };
        if (std::count_if(plan.devices.begin(), plan.devices.end(), same) > 1)
            return refuse(
                fmt::format("The device {} is named twice; give it its number of workers once.", device.device));
    }
    if (plan.threadsPerWorker < 1 || plan.threadsPerWorker > Limits::kMostThreads)
        return refuse(fmt::format("{} computing threads a worker make no sense; choose 1 to {}.", plan.threadsPerWorker,
                                  Limits::kMostThreads));
    const auto& sizes = plan.batchSizes;
    const bool ascending = std::adjacent_find(sizes.begin(), sizes.end(), std::greater_equal<>()) == sizes.end();
    if (sizes.empty() || sizes.front() < 1 || sizes.back() > Limits::kLargestBatch || !ascending)
        return refuse(fmt::format("Batch sizes must ascend from 1 or more to at most {}.", Limits::kLargestBatch));
    if (!(plan.maxWaitMs >= 0 && plan.maxWaitMs <= Limits::kLongestWaitMs))
        return refuse(fmt::format("A wait of {} ms makes no sense; choose 0 to {:.0f} ms.", plan.maxWaitMs,
                                  Limits::kLongestWaitMs));
    for (const int share : {plan.shares.preview, plan.shares.live, plan.shares.bulk}) {
        if (share < 1 || share > Limits::kLargestShare)
            return refuse(fmt::format("A share of {} makes no sense; choose 1 to {} for every class of frames.", share,
                                      Limits::kLargestShare));
    }
    return {};
}

std::vector<int> batchSizesUpTo(int largest)
{
    std::vector<int> sizes;
    for (int size = 1; size < largest; size *= 2)
        sizes.push_back(size);
    sizes.push_back(largest);
    return sizes;
}

std::string describe(const ConcurrencyPlan& plan)
{
    std::string text;
    for (const auto& device : plan.devices) {
        text += fmt::format("{}{} × {}", text.empty() ? "" : " + ", device.workers, device.device);
        if (device.device == "cpu")
            text += fmt::format(" of {} {}", plan.threadsPerWorker, plan.threadsPerWorker == 1 ? "thread" : "threads");
    }
    text += fmt::format(", isolation {}, batch ≤ {}", toString(plan.isolation), plan.largestBatch());
    if (plan.maxWaitMs > 0)
        text += fmt::format(", wait {:g} ms", plan.maxWaitMs);
    text += fmt::format(", {}", toString(plan.arithmetic));
    if (plan.balance != Balance::FinishTime)
        text += fmt::format(", {}", toString(plan.balance));
    if (const auto& shares = plan.shares; shares != ClassShares{})
        text += fmt::format(", shares {} preview, {} live, {} export", shares.preview, shares.live, shares.bulk);
    return text;
}

} // namespace lipsync

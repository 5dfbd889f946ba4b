// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/concurrency/plan_presets.h"

#include <algorithm>
#include <utility>

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PlanPresets)
};

// As the engine's comparison has them: engine/tuning/comparison.h.
constexpr int kBatchingSize = 8;
constexpr double kBatchingWaitMs = 20;
constexpr int kHybridSize = 4;
constexpr double kHybridWaitMs = 10;
constexpr int kMostProcesses = 4;
constexpr int kMostHybridWorkers = 3;

/// The devices to compute on, the fastest kind first: GPUs where there are any, or the processor.
std::vector<DeviceLimits> mainDevices(const std::vector<DeviceLimits>& devices)
{
    std::vector<DeviceLimits> gpus;
    std::copy_if(devices.begin(), devices.end(), std::back_inserter(gpus),
                 [](const DeviceLimits& one) { return one.device != "cpu"; });
    return gpus.empty() ? devices : gpus;
}

/// So many workers on the first device, which share its cores.
ConcurrencyPlan workers(const DeviceLimits& device, int count, int batch, double waitMs)
{
    ConcurrencyPlan plan;
    plan.devices = {{device.device, count}};
    plan.threadsPerWorker = std::max(device.threads / count, 1);
    plan.batchSizes = batchSizesUpTo(batch);
    plan.maxWaitMs = waitMs;
    return plan;
}

int workersUpTo(int most, const DeviceLimits& device)
{
    const int useful = device.device == "cpu" ? device.threads : device.workers;
    return std::clamp(useful, 1, most);
}

PlanPreset severalDevices(const std::vector<DeviceLimits>& devices)
{
    PlanPreset preset{PresetName::MultiDevice,
                      Text::tr("Several GPUs"),
                      Text::tr("A worker on each device: the work is shared by what each can do."),
                      {},
                      {}};
    if (devices.size() < 2) {
        preset.problem = Text::tr("This machine has only one device to compute on.");
        return preset;
    }
    auto plan = workers(devices.front(), 1, 1, 0);
    plan.devices.clear();
    for (const DeviceLimits& device : devices)
        plan.devices.push_back({device.device, 1});
    preset.plan = std::move(plan);
    return preset;
}

} // namespace

std::vector<PlanPreset> planPresets(const std::vector<DeviceLimits>& devices,
                                    const std::optional<ConcurrencyPlan>& tuned)
{
    if (devices.empty())
        return {};
    const auto main = mainDevices(devices);
    const DeviceLimits& first = main.front();
    auto processes = workers(first, workersUpTo(kMostProcesses, first), 1, 0);
    processes.isolation = Isolation::Process;
    std::vector<PlanPreset> presets;
    presets.push_back({PresetName::Serial,
                       Text::tr("One at a time"),
                       Text::tr("One worker computes one frame after the other: the least memory, the shortest way of "
                                "a single frame, the fewest frames a second."),
                       workers(first, 1, 1, 0),
                       {}});
    presets.push_back({PresetName::Batching,
                       Text::tr("Request batching"),
                       Text::tr("One worker waits up to 20 ms for batches of 8: more frames a second, each a little "
                                "later."),
                       workers(first, 1, kBatchingSize, kBatchingWaitMs),
                       {}});
    presets.push_back({PresetName::MultiProcess,
                       Text::tr("Several processes"),
                       Text::tr("Workers in processes of their own: the crash of one costs no frame, each takes its "
                                "own memory."),
                       std::move(processes),
                       {}});
    presets.push_back(severalDevices(devices));
    presets.push_back({PresetName::Hybrid,
                       Text::tr("Hybrid"),
                       Text::tr("Several workers that wait up to 10 ms for batches of 4: many viewers at once."),
                       workers(first, workersUpTo(kMostHybridWorkers, first), kHybridSize, kHybridWaitMs),
                       {}});
    presets.push_back({PresetName::Adaptive, Text::tr("Adaptive (tuned)"),
                       Text::tr("What Auto-tune found best for this avatar here: idle workers take what is there, as "
                                "much as deadlines allow."),
                       tuned,
                       tuned ? QString() : Text::tr("Auto-tune has not run for this avatar on this machine yet.")});
    return presets;
}

bool computesAlike(const ConcurrencyPlan& a, const ConcurrencyPlan& b)
{
    ConcurrencyPlan alike = b;
    alike.shares = a.shares;
    return alike == a;
}

} // namespace lipsync::ui

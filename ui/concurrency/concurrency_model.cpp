// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/concurrency/concurrency_model.h"

#include "ui/concurrency/default_plan.h"
#include "ui/concurrency/plan_texts.h"
#include "ui/engine_bridge/pool_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"

#include <algorithm>
#include <utility>

namespace lipsync::ui {
namespace {

int workersOn(const ConcurrencyPlan& plan, const std::string& device)
{
    const auto found = std::find_if(plan.devices.begin(), plan.devices.end(),
                                    [&](const DevicePlan& one) { return one.device == device; });
    return found == plan.devices.end() ? 0 : found->workers;
}

const DeviceLimits* limitsOf(const std::vector<DeviceLimits>& limits, const std::string& device)
{
    const auto found =
        std::find_if(limits.begin(), limits.end(), [&](const DeviceLimits& one) { return one.device == device; });
    return found == limits.end() ? nullptr : &*found;
}

QString executorOf(const DeviceLimits& limits, Arithmetic arithmetic)
{
    const auto found = std::find(limits.arithmetics.begin(), limits.arithmetics.end(), arithmetic);
    const auto at = static_cast<std::size_t>(found - limits.arithmetics.begin());
    return at < limits.executors.size() ? QString::fromStdString(limits.executors[at]) : QString();
}

} // namespace

ConcurrencyModel::ConcurrencyModel(PoolBridge& bridge, QSettings& settings, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_settings(settings)
    , m_draft(bridge.plan())
    , m_lastPlan(bridge.plan())
{
    connect(&bridge, &PoolBridge::changed, this, &ConcurrencyModel::follow);
    connect(&bridge, &PoolBridge::applyingChanged, this, &ConcurrencyModel::changed);
    connect(&bridge, &PoolBridge::applied, this, &ConcurrencyModel::applied);
    connect(&bridge, &PoolBridge::refused, this, [this](const Error& error) {
        m_refusal = toText(error);
        Q_EMIT changed();
    });
    connect(&bridge, &PoolBridge::devicesRead, this, [this] {
        listPresets();
        listDevices();
        Q_EMIT changed();
    });
    connect(&bridge, &PoolBridge::tunedPlanRead, this, [this](const std::optional<ConcurrencyPlan>& plan) {
        m_tuned = plan;
        listPresets();
        Q_EMIT changed();
    });
    listPresets();
    listDevices();
}

const ConcurrencyPlan& ConcurrencyModel::plan() const
{
    return m_bridge.plan();
}

void ConcurrencyModel::setDraft(const ConcurrencyPlan& draft)
{
    edit(draft);
}

void ConcurrencyModel::setWorkers(const std::string& device, int workers)
{
    auto draft = m_draft;
    auto& devices = draft.devices;
    const auto found =
        std::find_if(devices.begin(), devices.end(), [&](const DevicePlan& one) { return one.device == device; });
    if (workers <= 0 && found != devices.end())
        devices.erase(found);
    else if (workers > 0 && found != devices.end())
        found->workers = std::min(workers, PlanLimits::kMostWorkers);
    else if (workers > 0)
        devices.push_back({device, std::min(workers, PlanLimits::kMostWorkers)});
    edit(draft);
}

void ConcurrencyModel::setIsolation(Isolation isolation)
{
    auto draft = m_draft;
    draft.isolation = isolation;
    edit(draft);
}

void ConcurrencyModel::setThreads(int threads)
{
    auto draft = m_draft;
    draft.threadsPerWorker = std::clamp(threads, 1, PlanLimits::kMostThreads);
    edit(draft);
}

void ConcurrencyModel::setLargestBatch(int largest)
{
    auto draft = m_draft;
    if (draft.batchSizes.empty() || largest != draft.largestBatch())
        draft.batchSizes = batchSizesUpTo(std::clamp(largest, 1, PlanLimits::kLargestBatch));
    edit(draft);
}

void ConcurrencyModel::setWait(double milliseconds)
{
    auto draft = m_draft;
    draft.maxWaitMs = std::clamp(milliseconds, 0.0, PlanLimits::kLongestWaitMs);
    edit(draft);
}

void ConcurrencyModel::setArithmetic(Arithmetic arithmetic)
{
    auto draft = m_draft;
    draft.arithmetic = arithmetic;
    edit(draft);
}

void ConcurrencyModel::setBalance(Balance balance)
{
    auto draft = m_draft;
    draft.balance = balance;
    edit(draft);
}

void ConcurrencyModel::setShares(const ClassShares& shares)
{
    auto draft = m_draft;
    const auto limited = [](int share) { return std::clamp(share, 1, PlanLimits::kLargestShare); };
    draft.shares = {limited(shares.preview), limited(shares.live), limited(shares.bulk)};
    edit(draft);
}

DraftLimits ConcurrencyModel::limits() const
{
    DraftLimits limits;
    bool isFirst = true;
    limits.hasThreads = workersOn(m_draft, "cpu") > 0;
    for (const DevicePlan& device : m_draft.devices) {
        const DeviceLimits* of = limitsOf(m_bridge.limits(), device.device);
        if (!of)
            continue; // elsewhere, or not read yet
        limits.threads = std::max(limits.threads, of->threads);
        limits.batch = std::min(limits.batch, of->largestBatch);
        if (std::exchange(isFirst, false))
            limits.arithmetics = of->arithmetics;
        std::erase_if(limits.arithmetics, [&](Arithmetic one) {
            return std::find(of->arithmetics.begin(), of->arithmetics.end(), one) == of->arithmetics.end();
        });
    }
    return limits;
}

std::optional<PresetName> ConcurrencyModel::preset() const
{
    for (const PlanPreset& preset : m_presets)
        if (preset.plan && computesAlike(*preset.plan, m_draft))
            return preset.id;
    return {};
}

void ConcurrencyModel::usePreset(PresetName name)
{
    for (const PlanPreset& preset : m_presets) {
        if (preset.id != name || !preset.plan)
            continue;
        auto draft = *preset.plan;
        draft.shares = m_draft.shares;
        edit(draft);
        return;
    }
}

bool ConcurrencyModel::isChanged() const
{
    return m_draft != m_bridge.plan();
}

bool ConcurrencyModel::isApplying() const
{
    return m_bridge.isApplying();
}

QString ConcurrencyModel::problem() const
{
    if (m_draft.devices.empty())
        return tr("No device is chosen: tick at least one.");
    for (const DevicePlan& device : m_draft.devices) {
        const auto& limits = m_bridge.limits();
        if (!limits.empty() && !isElsewhere(device.device) && !limitsOf(limits, device.device))
            return tr("%1 is not on this machine: leave it out.").arg(QString::fromStdString(device.device));
    }
    const auto sound = checkPlan(m_draft);
    return sound ? QString() : toText(sound.error());
}

void ConcurrencyModel::apply()
{
    if (!canApply())
        return;
    m_refusal.clear();
    m_bridge.apply(m_draft);
}

void ConcurrencyModel::apply(const ConcurrencyPlan& plan)
{
    auto wanted = plan;
    wanted.shares = m_bridge.plan().shares;
    edit(wanted);
    apply();
}

void ConcurrencyModel::revert()
{
    edit(m_bridge.plan());
}

void ConcurrencyModel::saveAsDefault()
{
    if (!problem().isEmpty())
        return;
    saveDefaultPlan(m_settings, m_draft);
    Q_EMIT savedAsDefault();
}

void ConcurrencyModel::setAvatar(const std::filesystem::path& avatar)
{
    m_bridge.readTunedPlan(avatar);
}

void ConcurrencyModel::setStatistics(const StatsSnapshot& snapshot)
{
    bool isNew = false;
    for (const DeviceStatus& status : snapshot.devices) {
        const auto found = std::find_if(m_devices.begin(), m_devices.end(),
                                        [&](const PlanDevice& one) { return one.name == status.name; });
        if (found == m_devices.end())
            continue; // this build cannot compute on it
        isNew = true;
        found->memoryUsedMb = status.memoryUsedMb;
        found->memoryTotalMb = status.memoryTotalMb;
        found->utilisation = status.utilisation;
    }
    if (isNew)
        Q_EMIT figuresChanged();
}

void ConcurrencyModel::edit(const ConcurrencyPlan& draft)
{
    if (draft == m_draft)
        return;
    m_draft = draft;
    m_refusal.clear();
    listDevices();
    Q_EMIT changed();
}

void ConcurrencyModel::follow()
{
    const bool isUntouched = m_draft == m_lastPlan;
    if (m_bridge.plan() == m_lastPlan)
        return;
    m_lastPlan = m_bridge.plan();
    if (isUntouched)
        m_draft = m_lastPlan;
    listDevices();
    Q_EMIT changed();
}

void ConcurrencyModel::listDevices()
{
    auto devices = std::exchange(m_devices, {});
    const auto known = [&](const std::string& name) {
        const auto found =
            std::find_if(devices.begin(), devices.end(), [&](const PlanDevice& one) { return one.name == name; });
        PlanDevice device;
        if (found != devices.end())
            device = *found;
        device.name = name;
        device.workers = workersOn(m_draft, name);
        const DeviceLimits* limits = limitsOf(m_bridge.limits(), name);
        device.executor = limits ? executorOf(*limits, m_draft.arithmetic) : QString();
        device.mostWorkers = std::max(limits ? limits->workers : PlanLimits::kMostWorkers, device.workers);
        return device;
    };
    for (const DeviceStatus& status : m_bridge.devices()) {
        PlanDevice device = known(status.name);
        device.description = QString::fromStdString(status.description);
        if (device.memoryTotalMb <= 0) {
            device.memoryUsedMb = status.memoryUsedMb;
            device.memoryTotalMb = status.memoryTotalMb;
        }
        m_devices.push_back(std::move(device));
    }
    for (const DevicePlan& planned : m_draft.devices) {
        const bool isListed = std::any_of(m_devices.begin(), m_devices.end(),
                                          [&](const PlanDevice& one) { return one.name == planned.device; });
        if (!isListed)
            m_devices.push_back(known(planned.device));
    }
}

void ConcurrencyModel::listPresets()
{
    m_presets = planPresets(m_bridge.limits(), m_tuned);
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/work_lane.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include <QObject>

namespace lipsync::ui {

/// The engine's plan, devices and workers for the window. Devices and tuned plans are read on the thread "ui-devices".
/// The engine must outlive the bridge.
class PoolBridge final : public QObject {
    Q_OBJECT

public:
    explicit PoolBridge(Engine& engine, QObject* parent = nullptr);
    /// What the engine still answers to a plan is not heard any more.
    ~PoolBridge() override;

    /// The plan in force, as of the last changed().
    const ConcurrencyPlan& plan() const { return m_plan; }
    /// Changes the running workers; applied() or refused() follows. One plan is applied at a time: while one is, this
    /// does nothing and says false.
    bool apply(const ConcurrencyPlan& plan);
    bool isApplying() const { return m_isApplying; }

    void restartWorker(std::uint32_t worker);

    /// Empty until devicesRead().
    const std::vector<DeviceStatus>& devices() const { return m_devices; }
    const std::vector<DeviceLimits>& limits() const { return m_limits; }

    /// Reads the plan that was tuned for an avatar; tunedPlanRead() follows.
    void readTunedPlan(const std::filesystem::path& avatar);

Q_SIGNALS:
    void changed(); ///< the plan, or a worker: one started, was lost, came back or left
    void applied();
    void refused(const lipsync::Error& error); ///< the plan in force stayed
    void applyingChanged(bool isApplying);
    void devicesRead();
    void tunedPlanRead(const std::optional<lipsync::ConcurrencyPlan>& plan); ///< of the last avatar asked for

private:
    struct Listener; ///< what the engine calls back, which may come after the bridge

    void readDevices();
    void follow();
    void finishApplying(const Status& status);

    Engine& m_engine;
    ConcurrencyPlan m_plan;
    std::vector<DeviceStatus> m_devices;
    std::vector<DeviceLimits> m_limits;
    bool m_isApplying = false;
    std::uint64_t m_tunedPlanJob = 0;
    std::shared_ptr<Listener> m_listener;
    std::unique_ptr<Subscription> m_subscription;
    WorkLane m_lane{*this, QStringLiteral("ui-devices")};
};

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/pool_bridge.h"

#include <atomic>
#include <mutex>
#include <utility>

namespace lipsync::ui {

struct PoolBridge::Listener {
    std::mutex mutex;
    PoolBridge* bridge; ///< null once it is gone
    std::atomic<bool> isFollowWanted = false; ///< a change has been posted that is not looked at yet

    explicit Listener(PoolBridge* heard)
        : bridge(heard)
    {
    }
    /// From any thread: runs `function` with the bridge on its thread, if it is there still.
    template <typename Function> void post(Function function)
    {
        std::lock_guard lock(mutex);
        if (bridge)
            QMetaObject::invokeMethod(
                bridge, [to = bridge, function = std::move(function)] { function(*to); }, Qt::QueuedConnection);
    }
};

PoolBridge::PoolBridge(Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_plan(engine.plan())
    , m_listener(std::make_shared<Listener>(this))
{
    m_subscription = engine.subscribe([listener = m_listener] {
        if (!listener->isFollowWanted.exchange(true))
            listener->post([](PoolBridge& bridge) { bridge.follow(); });
    });
    readDevices();
}

PoolBridge::~PoolBridge()
{
    m_subscription.reset();
    std::lock_guard lock(m_listener->mutex);
    m_listener->bridge = nullptr;
}

bool PoolBridge::apply(const ConcurrencyPlan& plan)
{
    if (m_isApplying)
        return false;
    m_isApplying = true;
    Q_EMIT applyingChanged(true);
    m_engine.applyPlan(plan, [listener = m_listener](const Status& status) {
        listener->post([status](PoolBridge& bridge) { bridge.finishApplying(status); });
    });
    return true;
}

void PoolBridge::restartWorker(std::uint32_t worker)
{
    m_engine.restartWorker(worker);
}

void PoolBridge::readTunedPlan(const std::filesystem::path& avatar)
{
    const auto job = ++m_tunedPlanJob;
    m_lane.run([this, job, avatar] {
        m_lane.post([this, job, plan = m_engine.tunedPlan(avatar)] {
            if (job == m_tunedPlanJob)
                Q_EMIT tunedPlanRead(plan);
        });
    });
}

void PoolBridge::readDevices()
{
    m_lane.run([this] {
        m_lane.post([this, devices = m_engine.devices(), limits = m_engine.deviceLimits()]() mutable {
            m_devices = std::move(devices);
            m_limits = std::move(limits);
            Q_EMIT devicesRead();
        });
    });
}

void PoolBridge::follow()
{
    m_listener->isFollowWanted = false;
    m_plan = m_engine.plan();
    Q_EMIT changed();
}

void PoolBridge::finishApplying(const Status& status)
{
    m_isApplying = false;
    follow();
    Q_EMIT applyingChanged(false);
    if (status)
        Q_EMIT applied();
    else
        Q_EMIT refused(status.error());
}

} // namespace lipsync::ui

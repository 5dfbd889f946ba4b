// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan_gate.h"

namespace lipsync {

PlanGate::PlanGate(session::FrameService& service)
    : m_service(service)
{
}

ConcurrencyPlan PlanGate::plan() const
{
    {
        std::lock_guard lock(m_mutex);
        if (m_kept)
            return *m_kept;
    }
    return m_service.plan();
}

Status PlanGate::apply(const ConcurrencyPlan& plan, const std::stop_token& stop)
{
    {
        std::unique_lock lock(m_mutex);
        if (m_use == Use::Measuring)
            return failure(ErrorCode::Resource,
                           "A measurement is using the workers. Apply the plan when it has ended, or cancel it first.");
        if (!m_freed.wait(lock, stop, [&] { return m_use == Use::None; }))
            return failure(ErrorCode::Interrupted, "Stopped before the plan was applied.");
        m_use = Use::Applying;
    }
    auto applied = m_service.apply(plan, stop);
    {
        std::lock_guard lock(m_mutex);
        m_use = Use::None;
    }
    m_freed.notify_all();
    return applied;
}

Status PlanGate::beginMeasuring(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    const bool isFree = m_freed.wait(lock, stop, [&] { return m_use != Use::Applying; });
    if (!isFree)
        return failure(ErrorCode::Interrupted, "Stopped before the measurement began.");
    if (m_use == Use::Measuring)
        return failure(ErrorCode::Resource,
                       "Another measurement is using the workers. Begin this one when it has ended, or cancel it.");
    m_use = Use::Measuring;
    m_kept = m_service.plan();
    return {};
}

Status PlanGate::endMeasuring()
{
    ConcurrencyPlan kept;
    {
        std::lock_guard lock(m_mutex);
        kept = *m_kept;
    }
    auto restored = m_service.apply(kept, {}); // whoever stopped the measurement still wants the plan back
    {
        std::lock_guard lock(m_mutex);
        m_use = Use::None;
        m_kept.reset();
    }
    m_freed.notify_all();
    return restored;
}

} // namespace lipsync

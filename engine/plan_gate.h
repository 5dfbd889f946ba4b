// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "session/frame_service.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>

namespace lipsync {

/// Who may change the workers: either the operator applies a plan, or one measurement tries plans of its own and then
/// gives the operator's back. Any thread.
class PlanGate {
public:
    explicit PlanGate(session::FrameService& service);

    /// The operator's plan: the one in force, or that which comes back after the measurement.
    ConcurrencyPlan plan() const;
    /// Applies the operator's plan. Resource while a measurement runs.
    Status apply(const ConcurrencyPlan& plan, const std::stop_token& stop);

    /// Begins a measurement, after a plan that is just being applied. Resource while another one runs.
    Status beginMeasuring(const std::stop_token& stop);
    /// Gives the operator's plan back to the workers: Ok, or why it cannot be had any more.
    Status endMeasuring();

private:
    enum class Use { None, Applying, Measuring };

    session::FrameService& m_service;
    mutable std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_freed;
    Use m_use = Use::None;
    std::optional<ConcurrencyPlan> m_kept; ///< while measuring
};

} // namespace lipsync

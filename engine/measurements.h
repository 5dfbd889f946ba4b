// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "event_log.h"
#include "plan_gate.h"

#include <memory>

namespace lipsync {

/// What measurements work with; all of it outlives them.
struct MeasuringDesk {
    session::FrameService& service;
    PlanGate& gate;
    std::shared_ptr<EventLog> log;
};

/// The façade's measurements, one at a time, each on a thread "measurement" of its own.
std::unique_ptr<Operation> startTuning(const MeasuringDesk& desk, const TuningRequest& request, TuningEvents events);
std::unique_ptr<Operation> startComparison(const MeasuringDesk& desk, const ComparisonRequest& request,
                                           ComparisonEvents events);
std::unique_ptr<Operation> startCapacity(const MeasuringDesk& desk, const CapacityRequest& request,
                                         CapacityEvents events);

} // namespace lipsync

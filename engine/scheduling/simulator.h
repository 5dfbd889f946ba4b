// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/scenario.h"

#include <array>
#include <cstdint>
#include <string>

namespace lipsync::scheduling {

/// Times from when a frame was meant to be asked for until its delivery, of frames that were done; milliseconds.
struct SimulatedLatency {
    double meanMs = 0, p50Ms = 0, p95Ms = 0, p99Ms = 0, p999Ms = 0, maxMs = 0;
};

/// What became of the frames of one class.
struct ClassReport {
    std::uint64_t submitted = 0; ///< frames asked for, refused ones too
    std::uint64_t done = 0, failed = 0, expired = 0, cancelled = 0, refused = 0;
    std::uint64_t late = 0; ///< done, but after the deadline
    SimulatedLatency latency;
    double fps = 0; ///< done, a second of the time in which frames were asked for

    /// Frames that were not there in time, refused and failed ones too, over all that were not cancelled.
    double lateFraction() const;
};

/// How a simulation went. The same scenario gives the same report, on every machine.
struct SimulationReport {
    std::array<ClassReport, kJobClasses> classes;
    SimulatedLatency latency; ///< of all classes
    std::uint64_t lost = 0; ///< accepted, but never delivered
    std::uint64_t duplicated = 0; ///< delivered again
    std::uint64_t reordered = 0; ///< delivered before an earlier frame of their stream
    std::string violation; ///< the first broken promise of the scheduler, as a sentence; empty when it kept them all
    double fps = 0; ///< of all classes
    double meanBatch = 0;
    double utilisation = 0; ///< share of the time in which workers had batches
    std::size_t largestQueue = 0; ///< jobs that waited
    double expiryErrorMs = 0; ///< longest time between a deadline and the end of the job that expired by it
    double recoveryMs =
        0; ///< longest time from a worker's loss to the next good frame of a worker that was started anew
    std::uint64_t workersLost = 0;
    std::uint64_t batches = 0;
    std::uint64_t drains = 0; ///< that were completed

    const ClassReport& of(JobClass jobClass) const { return classes[static_cast<std::size_t>(jobClass)]; }
};

/// Plays a scenario with the real Scheduler in virtual time: no threads, no waiting.
SimulationReport simulate(const Scenario& scenario);

} // namespace lipsync::scheduling

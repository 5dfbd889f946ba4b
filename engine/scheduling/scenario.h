// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/scheduler.h"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lipsync::scheduling {

/// Workers of one kind, as a simulation has them.
struct SimulatedWorkers {
    int count = 1;
    std::string device = "cpu"; ///< workers with the same device share one cost in the scheduler's model
    double baseMs = 4; ///< s(b) = baseMs + perFrameMs × b …
    double perFrameMs = 0.8;
    std::map<int, double> tableMs; ///< … or s(b) by batch size, straight lines between; used when not empty
    double jitter = 0; ///< standard deviation of a batch's time over its mean
    double loadMs = 0; ///< until a started worker has prepared a model
    double crashProbability = 0; ///< that a batch ends with the loss of its worker
    double hangProbability = 0; ///< that a batch never ends
    double loadFailureProbability = 0; ///< that a start fails
    int outOfMemoryAbove = std::numeric_limits<int>::max(); ///< larger batches do not fit
};

/// Who asks for frames, and how often.
struct SimulatedLoad {
    enum class Arrival : std::uint8_t {
        Paced, ///< every stream at `rate` frames/s while its viewer talks
        Poisson, ///< `rate` frames/s of all streams together, at random
        Endless, ///< every stream always has `outstanding` frames in the scheduler
    };
    JobClass jobClass = JobClass::Preview;
    ModelId model = 1;
    Arrival arrival = Arrival::Paced;
    int streams = 1;
    double rate = 25;
    bool randomPhase = false; ///< of paced streams; otherwise they are spread evenly over a period
    double duty = 1; ///< share of the time in which a paced stream's viewer talks
    double talkSeconds = 4; ///< mean length of such a time
    int outstanding = 96; ///< of an endless stream
    std::optional<double> deadlineMs; ///< after the intended time
    bool isDeadlineKnown = true; ///< to the scheduler; otherwise it only counts who is late
    double startSeconds = 0;
    double endSeconds = std::numeric_limits<double>::infinity();
    bool latestWins = false; ///< a frame cancels the earlier ones of its stream, which is not an endless one
    double failingShare = 0; ///< of frames that no worker can compute
    double killingShare = 0; ///< of frames that end every worker that tries
};

/// Something an operator does, or that happens to the machine, during a simulation.
struct SimulatedEvent {
    enum class Kind : std::uint8_t {
        Drain, ///< drains; takes frames again once everything was delivered
        KillWorker, ///< ends the first worker that has a batch
        AddWorker, ///< one more of the first kind
        RemoveWorker, ///< the oldest leaves
        ReplaceWorkers, ///< as many fresh ones of the first kind take the place of all
        SetBatching, ///< batches of at most `value`
        CancelStreams, ///< all jobs of all streams, which go on
    };
    Kind kind = Kind::Drain;
    double atSeconds = 0;
    int value = 0;
};

/// What a simulation plays. A value.
struct Scenario {
    std::vector<SimulatedWorkers> workers{{}};
    std::vector<SimulatedLoad> loads;
    std::vector<SimulatedEvent> events;
    SchedulerOptions options;
    double seconds = 60; ///< in which frames are asked for
    double warmUpSeconds = 0; ///< frames asked for in the first seconds do not count in figures
    double drainSeconds = 60; ///< afterwards, to finish what was accepted
    std::uint64_t seed = 1;
};

/// Interactive previews beside an endless export: 4 previews at 25 frames/s that must be ready after 40 ms, at most 32
/// frames a batch.
Scenario mixedScenario();
/// Live frames at random, 600 a second, at most 16 a batch.
Scenario poissonScenario();
/// Drains under full load, 100 times.
Scenario drainScenario();
/// A worker that needs 200 ms to load dies in the middle of a batch, 100 times.
Scenario crashScenario();

} // namespace lipsync::scheduling

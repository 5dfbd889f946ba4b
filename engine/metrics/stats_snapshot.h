// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync {

/// Who waits for a frame, most urgent first.
enum class FrameClass : std::uint8_t {
    Preview, ///< an operator looks at it
    Live, ///< a served stream
    Bulk, ///< an export
};
inline constexpr std::size_t kFrameClasses = 3;
std::string_view toString(FrameClass frameClass);

/// Where a frame's time goes, in the order in which it passes.
enum class Stage : std::uint8_t {
    Queue, ///< from its submission until its batch starts
    Input, ///< gathering its batch, and copying to the device or the child
    Infer,
    Output, ///< copying its batch back, to bytes
    Paste, ///< from the network's end until the mouth is in the full frame
    Deliver, ///< until its reader has it
};
inline constexpr std::size_t kStages = 6;
std::string_view toString(Stage stage);

/// Why a frame was of no use to whom it was for.
enum class DropReason : std::uint8_t {
    Expired, ///< its deadline passed in the queue
    Cancelled, ///< by its stream: closed, sought elsewhere, overtaken by a newer wish
    Refused, ///< never accepted
    Failed,
    Late, ///< computed, but after its deadline
};
inline constexpr std::size_t kDropReasons = 5;
std::string_view toString(DropReason reason);

/// A distribution of times in a few numbers, in milliseconds; percentiles are within 1/64 of the exact ones.
struct LatencySummary {
    std::uint64_t count = 0;
    double meanMs = 0;
    double p50Ms = 0, p95Ms = 0, p99Ms = 0, p999Ms = 0;
    double maxMs = 0;
};

/// Jobs of a class that wait.
struct QueueDepth {
    std::int64_t now = 0;
    double mean = 0; ///< over all changes
    std::int64_t p99 = 0, max = 0;
};

/// What the frames of a class met with.
struct ClassStats {
    std::uint64_t framesDone = 0;
    LatencySummary endToEnd; ///< from submission to delivery
    QueueDepth queue;
};

/// What a worker does at the moment.
enum class WorkerState : std::uint8_t {
    Starting,
    Preparing, ///< loads a model and runs every batch size once
    Idle,
    Busy,
    Hung, ///< overdue with its batch; about to be replaced
    Restarting, ///< waits before its next start
    Stopping, ///< finishes its batch
    Stopped,
};
std::string_view toString(WorkerState state);

struct WorkerStatus {
    std::uint32_t id = 0;
    std::string device; ///< "cpu", "cuda:0", "host:port"
    WorkerState state = WorkerState::Starting;
    TimePoint since; ///< when the state began
    std::uint64_t batches = 0, frames = 0, restarts = 0;
    double heartbeatAgeMs = 0; ///< since it last answered: a batch or a check of its health
    int processId = 0; ///< of its child; 0 when it is a thread or remote
    double busyShare = 0; ///< 0 to 1, of the last seconds
    std::string lastError; ///< a sentence, or empty
};

struct DeviceStatus {
    std::string name; ///< "cpu", "cuda:0"
    std::optional<double> utilisation; ///< 0 to 1; nothing where the device does not say
    double memoryUsedMb = 0, memoryTotalMb = 0; ///< of everyone, not only of this process
    std::string description; ///< for a person: product, cores, what is wrong with it
};

/// What this process and its children take from the machine.
struct ProcessStatus {
    double residentMb = 0, peakMb = 0;
    double childrenMb = 0; ///< proportional set size: shared memory is divided among its users
    double processorShare = 0; ///< 0 to 1 of all cores, with the children
};

/// How the engine does: counters, distributions and states at one moment. A value; poll a few times a second.
struct StatsSnapshot {
    TimePoint time;
    std::uint64_t framesDone = 0;
    double framesPerSecond = 0; ///< over the last two seconds
    std::array<LatencySummary, kStages> stages; ///< by Stage
    LatencySummary endToEnd; ///< of all classes
    LatencySummary recentEndToEnd; ///< of all classes and the last two to three seconds
    std::array<ClassStats, kFrameClasses> classes; ///< by FrameClass
    std::vector<std::uint64_t> batchSizes; ///< [n] = batches of n frames; ends with the largest that occurred
    double meanBatch = 0;
    std::array<std::uint64_t, kDropReasons> drops{}; ///< by DropReason
    std::vector<WorkerStatus> workers;
    std::vector<DeviceStatus> devices;
    ProcessStatus process;

    const LatencySummary& stage(Stage which) const { return stages[static_cast<std::size_t>(which)]; }
    const ClassStats& of(FrameClass which) const { return classes[static_cast<std::size_t>(which)]; }
    std::uint64_t dropped(DropReason reason) const { return drops[static_cast<std::size_t>(reason)]; }
};

} // namespace lipsync

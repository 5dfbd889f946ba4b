// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync {

/// Where a worker lives.
enum class Isolation : std::uint8_t {
    Thread, ///< in this process: shares memory, and a crash
    Process, ///< in a supervised child of its own: its crash costs no job
};
std::string_view toString(Isolation isolation);
std::optional<Isolation> parseIsolation(std::string_view text);

/// Arithmetic of the networks. What a device cannot do falls back to the next better one.
enum class Arithmetic : std::uint8_t { Fp32, Bf16, Fp16 };
std::string_view toString(Arithmetic arithmetic);
std::optional<Arithmetic> parseArithmetic(std::string_view text);

/// Which worker takes which jobs.
enum class Balance : std::uint8_t {
    FinishTime, ///< idle workers pull; a slow device leaves the last frames to a faster one
    RoundRobin, ///< jobs are dealt to the workers in turn
    LeastOutstanding, ///< to the worker with the fewest jobs
    RandomOfTwo, ///< to the one with fewer jobs of two drawn at random
};
std::string_view toString(Balance balance);
std::optional<Balance> parseBalance(std::string_view text);

/// Workers on one device.
struct DevicePlan {
    /// "cpu", "cuda:N", "HOST:PORT" of a `lipsync worker`, or "kserve://HOST:PORT" of a server of KServe v2
    std::string device = "cpu";
    int workers = 1;
};

/// How often the workers turn to a class of frames while all classes wait: in proportion, so none is ever without.
struct ClassShares {
    int preview = 8; ///< an operator looks at it
    int live = 4; ///< a live session or a served stream
    int bulk = 1; ///< an export

    int sum() const { return preview + live + bulk; }
    bool operator==(const ClassShares&) const = default;
};

/// How the engine computes frames: the knobs of the concurrency dock. A value; compare and copy it freely.
struct ConcurrencyPlan {
    std::vector<DevicePlan> devices{{}};
    Isolation isolation = Isolation::Thread;
    int threadsPerWorker = 1; ///< computing threads of a worker on "cpu"
    std::vector<int> batchSizes{1, 2, 4}; ///< sizes a batch may have, ascending; the last is the largest batch
    double maxWaitMs = 0; ///< how long a worker waits for a batch to fill; 0 takes what is there
    Arithmetic arithmetic = Arithmetic::Fp32;
    Balance balance = Balance::FinishTime;
    ClassShares shares{};

    int workerCount() const; ///< of all devices
    int largestBatch() const { return batchSizes.back(); }
};
bool operator==(const DevicePlan& a, const DevicePlan& b);
bool operator==(const ConcurrencyPlan& a, const ConcurrencyPlan& b);

/// The most that any plan may ask for, whatever the device.
struct PlanLimits {
    static constexpr int kMostWorkers = 64; ///< of a device
    static constexpr int kMostThreads = 256; ///< of a worker
    static constexpr int kLargestBatch = 64;
    static constexpr double kLongestWaitMs = 1000;
    static constexpr int kLargestShare = 100; ///< of a class; the smallest is 1
};

/// Usage with a sentence when the plan makes no sense: no device or worker, sizes not ascending from 1 or more, limits
/// exceeded.
Status checkPlan(const ConcurrencyPlan& plan);

/// Allowed sizes for a largest batch: 1, 2, 4, … and the largest itself.
std::vector<int> batchSizesUpTo(int largest);

/// e.g. "2 × cpu (threads, 1 computing thread each), batch ≤ 4, fp32".
std::string describe(const ConcurrencyPlan& plan);

} // namespace lipsync

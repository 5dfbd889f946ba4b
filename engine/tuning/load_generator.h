// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/latency_histogram.h"
#include "scheduling/worker_pool.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace lipsync::tuning {

/// When the requests of an open loop are meant to be sent.
enum class Arrival : std::uint8_t {
    Poisson, ///< at random, as those of many independent viewers
    Paced, ///< evenly
};

/// How load is offered to workers, and for how long. Ends at whichever limit comes first.
struct LoadOptions {
    int concurrency = 8; ///< closed loop: so many requests are always under way
    std::optional<double> rate; ///< open loop: so many requests a second, whatever becomes of them
    Arrival arrival = Arrival::Poisson;
    std::int64_t requests = 0; ///< that count; 0 for no limit
    double seconds = 5; ///< after the warm-up; 0 for no limit
    std::int64_t fewestRequests = 0; ///< the time does not end a closed loop before so many count
    double warmUpSeconds = 0.3; ///< what is sent before does not count
    int intervals = 10; ///< pieces of the time whose speeds are compared
    scheduling::JobClass jobClass = scheduling::JobClass::Bulk;
    std::uint64_t seed = 1; ///< of Arrival::Poisson
};

/// The job of request 0, 1, …; its stream and sequence are filled in by the generator. Called on the thread that offers
/// the load; must be quick.
using JobMaker = std::function<scheduling::FrameJob(std::int64_t request)>;

/// What became of a load. A value; reports of several runs can be merged.
struct LoadReport {
    std::uint64_t requests = 0; ///< meant to be sent after the warm-up
    std::uint64_t successes = 0;
    std::uint64_t failures = 0; ///< accepted, but not done
    std::uint64_t refusals = 0; ///< not accepted
    metrics::HistogramSnapshot latency; ///< of successes, from the intended time of sending to the delivery
    std::uint64_t frames = 0; ///< delivered in `seconds`
    double seconds = 0; ///< from one delivery to another while the load was full
    double batches = 0; ///< of the successes
    std::vector<double> intervalRates; ///< frames/s of each piece of the time
    std::optional<Error> firstFailure;
    bool interrupted = false; ///< stopped before its time

    double framesPerSecond() const;
    double meanBatch() const;
    /// Half of the 95 % confidence interval of the mean speed over the mean speed, from its pieces; nothing with
    /// fewer than three.
    std::optional<double> uncertainty() const;
    /// Whether the speed is known to within 3 %.
    bool isStable() const;
    void merge(const LoadReport& other);
};

/// Offers load to the workers and waits until everything has come back. Latencies count from when a request was meant
/// to be sent, so that a worker or a generator that stalls shows in all requests it delayed. Failures and refusals
/// are counted, never fatal; a stop ends it at once with what there is so far.
LoadReport offerLoad(scheduling::WorkerPool& pool, const LoadOptions& options, const JobMaker& makeJob,
                     const std::stop_token& stop);

} // namespace lipsync::tuning

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/frame_job.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lipsync::scheduling {

/// Jobs of one model that are computed together.
struct Batch {
    std::uint64_t number = 0; ///< unique in a scheduler, from 1
    ModelId model = 0;
    int paddedSize = 0; ///< the allowed size it runs at, at least contents.size(); what is missing is padding
    std::vector<std::shared_ptr<const JobContent>> contents;
};

/// Why a batch gave no outputs; decides what happens to its jobs.
enum class BatchFailure : std::uint8_t {
    None,
    Job, ///< a job in it cannot be computed: the batch is halved until the bad one fails alone
    OutOfMemory, ///< too large for the device: the worker's batches are halved, and grow back later
    WorkerLost, ///< crashed or disconnected: the worker is replaced, the jobs are tried elsewhere
};

struct BatchOutcome {
    BatchFailure failure = BatchFailure::None;
    Error error; ///< when there is a failure
    std::vector<std::shared_ptr<const JobOutput>> outputs; ///< one a content, in order, when there is none
    BatchTimes times;
};

/// Runs batches on one replica of the networks on one device: a thread of this process, a child process or another
/// machine. All functions but abandon() are called on the worker's own thread, one at a time.
class Worker {
public:
    virtual ~Worker() = default;

    /// Makes the worker able to prepare models: starts a child, connects. Called once, first.
    virtual Status start() = 0;
    /// Loads a model and runs every one of the allowed batch sizes once, so that no batch is slower than the next.
    virtual Status prepare(ModelId model, const std::vector<int>& batchSizes) = 0;
    /// Forgets a model.
    virtual void release(ModelId model) = 0;
    virtual BatchOutcome run(const Batch& batch) = 0;
    /// A small inference that shows whether the device still answers.
    virtual Status checkHealth() = 0;
    /// How the process that computes ended by itself; nothing while it lives, and where there is none. Asked twice a
    /// second while there is nothing to compute, so it must be quick.
    virtual std::optional<Error> processEnd() { return {}; }
    /// From any thread, at any time, once: whatever runs is of no interest any more. Ends a hanging run() where that
    /// can be done (kills the child, closes the connection).
    virtual void abandon() noexcept = 0;
    /// Process that computes, for supervision and memory figures; 0 where it is this one or another machine's.
    virtual int processId() const { return 0; }
};

/// Where a worker computes and which measured cost is its own.
struct WorkerTraits {
    std::string device; ///< "cpu", "cuda:0", "host:port", "kserve://host:port"
    std::string costKey; ///< workers with the same key take the same time: device, precision, threads, isolation
};

} // namespace lipsync::scheduling

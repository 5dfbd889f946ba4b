// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/model_statistics.h"

#include "serving/infer_tensors.h"

namespace lipsync::serving {

namespace {

void write(const CountedTime& from, kserve::StatisticDuration& to)
{
    to.set_count(from.count.load(std::memory_order_relaxed));
    to.set_ns(from.nanoseconds.load(std::memory_order_relaxed));
}

/// Every frame of a batch has counted the batch's time.
void writeShared(const std::atomic<std::uint64_t>& nanoseconds, std::uint64_t executions, std::uint64_t size,
                 kserve::StatisticDuration& to)
{
    to.set_count(executions);
    to.set_ns(nanoseconds.load(std::memory_order_relaxed) / size);
}

void writeBatches(const FrameCounters& counters, kserve::ModelStatistics& statistics)
{
    for (std::size_t i = 0; i < counters.batches.size(); ++i) {
        const auto& batches = counters.batches[i];
        const std::uint64_t size = i + 1;
        const auto frames = batches.frames.load(std::memory_order_relaxed);
        if (frames == 0)
            continue;
        const auto executions = executionsOf(frames, size);
        auto& message = *statistics.add_batch_stats();
        message.set_batch_size(size);
        writeShared(batches.input, executions, size, *message.mutable_compute_input());
        writeShared(batches.infer, executions, size, *message.mutable_compute_infer());
        writeShared(batches.output, executions, size, *message.mutable_compute_output());
    }
}

} // namespace

void writeStatistics(const ServedAvatar& avatar, kserve::ModelStatistics& statistics)
{
    const auto& counters = avatar.counters;
    statistics.set_name(avatar.name);
    statistics.set_version(kModelVersion);
    statistics.set_last_inference(static_cast<std::uint64_t>(counters.lastFrame.load(std::memory_order_relaxed)));
    statistics.set_inference_count(counters.succeeded.count.load(std::memory_order_relaxed));
    statistics.set_execution_count(executionsOf(counters));
    auto& times = *statistics.mutable_inference_stats();
    write(counters.requestsSucceeded, *times.mutable_success());
    write(counters.requestsFailed, *times.mutable_fail());
    write(counters.queue, *times.mutable_queue());
    write(counters.input, *times.mutable_compute_input());
    write(counters.infer, *times.mutable_compute_infer());
    write(counters.output, *times.mutable_compute_output());
    writeBatches(counters, statistics);
    const auto& crops = *avatar.avatar->frames()->crops();
    auto& memory = *statistics.add_memory_usage();
    memory.set_type("CPU");
    memory.set_byte_size(crops.cropBytes() * static_cast<std::size_t>(crops.frameCount()));
    auto& responses = (*statistics.mutable_response_stats())["0"]; // a request has one response
    write(counters.infer, *responses.mutable_compute_infer());
    write(counters.output, *responses.mutable_compute_output());
    write(counters.requestsSucceeded, *responses.mutable_success());
    write(counters.requestsFailed, *responses.mutable_fail());
    write(counters.requestsCancelled, *responses.mutable_cancel());
}

} // namespace lipsync::serving

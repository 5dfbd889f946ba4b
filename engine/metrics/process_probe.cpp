// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/process_probe.h"

#include "metrics/proc_text.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <sys/resource.h>

namespace lipsync::metrics {

namespace {

constexpr double kMebi = 1024.0 * 1024.0;

Duration asDuration(const timeval& time)
{
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

/// `who` is RUSAGE_SELF or RUSAGE_CHILDREN.
Duration processorTimeOf(int who)
{
    rusage usage{};
    if (::getrusage(who, &usage) != 0)
        return {};
    return asDuration(usage.ru_utime) + asDuration(usage.ru_stime);
}

} // namespace

ProcessSample sampleProcess(std::span<const int> childIds)
{
    ProcessSample sample;
    sample.time = SteadyClock().now();
    if (const auto status = readProc("/proc/self/status")) {
        sample.residentBytes = bytesOf(*status, "VmRSS").value_or(0);
        sample.peakBytes = bytesOf(*status, "VmHWM").value_or(0);
    }
    sample.processorTime = processorTimeOf(RUSAGE_SELF);
    sample.childrenProcessorTime = processorTimeOf(RUSAGE_CHILDREN);
    for (const int child : childIds) {
        sample.childrenBytes += proportionalSetSize(child).value_or(0);
        if (const auto text = readProc(fmt::format("/proc/{}/stat", child)))
            sample.childrenProcessorTime += parseProcessorTime(*text).value_or(Duration{});
    }
    return sample;
}

std::optional<std::uint64_t> proportionalSetSize(int processId)
{
    if (processId <= 0)
        return std::nullopt;
    const auto text = readProc(fmt::format("/proc/{}/smaps_rollup", processId));
    return text ? bytesOf(*text, "Pss") : std::nullopt;
}

ProcessStatus processStatus(const ProcessSample& earlier, const ProcessSample& later)
{
    ProcessStatus status;
    status.residentMb = static_cast<double>(later.residentBytes) / kMebi;
    status.peakMb = static_cast<double>(later.peakBytes) / kMebi;
    status.childrenMb = static_cast<double>(later.childrenBytes) / kMebi;
    const double elapsed = seconds(later.time - earlier.time);
    const double used = seconds(later.processorTime - earlier.processorTime +
                                std::max(later.childrenProcessorTime - earlier.childrenProcessorTime, Duration{}));
    const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
    if (elapsed > 0)
        status.processorShare = std::clamp(used / elapsed / cores, 0.0, 1.0);
    return status;
}

} // namespace lipsync::metrics

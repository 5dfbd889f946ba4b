// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "metrics/stats_snapshot.h"

#include <cstdint>
#include <optional>
#include <span>

namespace lipsync::metrics {

/// What this process and some of its children take at one moment. A value.
struct ProcessSample {
    TimePoint time;
    std::uint64_t residentBytes = 0, peakBytes = 0; ///< of this process
    std::uint64_t childrenBytes = 0; ///< proportional set sizes of the children, added
    Duration processorTime{}; ///< of this process
    Duration childrenProcessorTime{}; ///< of the given children, and of all that have ended and been waited for
};

/// Samples now. Children that have ended count as nothing; what /proc does not tell is 0. Any thread; reading a
/// child's size takes about 1 ms for each GiB it has mapped.
ProcessSample sampleProcess(std::span<const int> childIds);

/// Proportional set size in bytes: private memory, and each shared page divided by the number of its users. Nothing
/// when the process is not there or belongs to someone else.
std::optional<std::uint64_t> proportionalSetSize(int processId);

/// Memory at `later`, and the share of all cores that was used from `earlier` to `later`.
ProcessStatus processStatus(const ProcessSample& earlier, const ProcessSample& later);

} // namespace lipsync::metrics

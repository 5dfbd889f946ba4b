// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/frame_trace.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace lipsync::metrics {

/// What people call the numbers in traces, in UTF-8. What has no name is shown by its number.
struct TraceNames {
    std::map<std::uint64_t, std::string> streams;
    std::map<std::uint32_t, std::string> models;
    std::map<std::uint32_t, std::string> workers;
    std::vector<std::string> devices;
};

/// The traces as JSON of Chrome's trace event format, for Perfetto and chrome://tracing: a track a worker with its
/// batches (input, infer, output inside), and for each stream as many tracks as it had frames at once, with queue,
/// infer, paste and deliver inside each frame. Late frames say why in their arguments.
std::string chromeTrace(std::span<const FrameTrace> traces, const TraceNames& names);

} // namespace lipsync::metrics

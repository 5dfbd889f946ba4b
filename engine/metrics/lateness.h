// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/frame_trace.h"

#include <span>
#include <string>

namespace lipsync::metrics {

/// "Why was this frame late?" in one or two sentences with milliseconds: where most of its time went, and behind what.
/// `others` are traces of the same time (the frame itself may be among them); a frame that was not late is told so.
std::string explainLateness(const FrameTrace& frame, std::span<const FrameTrace> others);

} // namespace lipsync::metrics

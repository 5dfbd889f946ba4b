// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/mouth_worker.h"

namespace lipsync::render {

/// Times the bare network: the same jobs over and over through one worker, nothing beside it.
class NetworkProbe {
public:
    /// Runs for about `seconds` and adds to the measurement. `jobs` is one batch.
    Status run(inference::MouthWorker& worker, std::span<const inference::MouthJob> jobs, double seconds);

    /// Frames a second over all runs; 0 before the first.
    double framesPerSecond() const { return m_seconds > 0 ? static_cast<double>(m_frames) / m_seconds : 0; }

private:
    std::int64_t m_frames = 0;
    double m_seconds = 0;
};

} // namespace lipsync::render

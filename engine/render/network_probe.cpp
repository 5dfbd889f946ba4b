// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/network_probe.h"

#include <chrono>

namespace lipsync::render {

Status NetworkProbe::run(inference::MouthWorker& worker, std::span<const inference::MouthJob> jobs, double seconds)
{
    using Clock = std::chrono::steady_clock;
    if (auto warm = worker.run(jobs); !warm) // the first batch of a size plans its kernels
        return failure(warm);
    const auto started = Clock::now();
    double elapsed = 0;
    while (elapsed < seconds) {
        if (auto ran = worker.run(jobs); !ran)
            return failure(ran);
        m_frames += static_cast<std::int64_t>(jobs.size());
        elapsed = std::chrono::duration<double>(Clock::now() - started).count();
    }
    m_seconds += elapsed;
    return {};
}

} // namespace lipsync::render

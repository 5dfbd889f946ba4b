// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/generator.h"
#include "session/frame_service.h"

namespace lipsync::render {

/// Times the bare network: as many plain loops side by side as a plan has workers, each with a worker's computing
/// threads on the processor, the same batch over and over, nothing beside them.
class NetworkProbe {
public:
    /// Each measure() takes about `seconds`.
    static Result<std::unique_ptr<NetworkProbe>> create(const session::OpenAvatar& avatar, const ConcurrencyPlan& plan,
                                                        double seconds);

    /// Runs the loops on threads of their own, waits for them and adds to the measurement.
    Status measure();

    /// Frames a second over all measurements; 0 before the first.
    double framesPerSecond() const { return m_elapsed > 0 ? static_cast<double>(m_frames) / m_elapsed : 0; }

private:
    /// One loop's generator and the memory of its batch.
    struct Loop {
        std::unique_ptr<nn::Generator> generator;
        std::vector<std::uint8_t> pictures, output;
        std::vector<float> windows;
        std::int64_t frames = 0;
        Status ended;
    };

    NetworkProbe() = default;
    void run(Loop& loop) const;

    std::vector<Loop> m_loops;
    int m_batch = 0;
    double m_seconds = 0;
    std::int64_t m_frames = 0;
    double m_elapsed = 0;
};

} // namespace lipsync::render

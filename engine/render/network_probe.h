// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/generator.h"
#include "session/frame_service.h"

namespace lipsync::render {

/// Times the bare network as a plain program runs it: one loop with all the computing threads of a plan on the
/// processor, the same batch over and over, nothing beside it. One thread.
class NetworkProbe {
public:
    /// Each measure() takes about `seconds`.
    static Result<std::unique_ptr<NetworkProbe>> create(const session::OpenAvatar& avatar, const ConcurrencyPlan& plan,
                                                        double seconds);

    /// Runs the loop and adds to the measurement.
    Status measure();

    /// Frames a second over all measurements; 0 before the first.
    double framesPerSecond() const { return m_elapsed > 0 ? static_cast<double>(m_frames) / m_elapsed : 0; }

private:
    NetworkProbe() = default;

    std::unique_ptr<nn::Generator> m_generator;
    std::vector<std::uint8_t> m_pictures, m_output; ///< of one batch
    std::vector<float> m_windows;
    int m_batch = 0;
    double m_seconds = 0;
    std::int64_t m_frames = 0;
    double m_elapsed = 0;
};

} // namespace lipsync::render

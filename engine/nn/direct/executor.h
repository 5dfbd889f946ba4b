// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/direct_network.h"
#include "nn/direct/image_half_cache.h"
#include "nn/direct/thread_team.h"
#include "nn/frame_executor.h"

#include <chrono>

namespace lipsync::nn::direct {

/// Where the time of executed frames went.
struct StageTimes {
    std::chrono::nanoseconds image{}, audio{}, fuse{};
    std::vector<std::chrono::nanoseconds> ups;
};

/// Runs a DirectNetwork with kernels of our own.
class DirectExecutor final : public FrameExecutor {
public:
    /// `cache`: where image halves are kept; may be null. Throws std::bad_alloc.
    DirectExecutor(std::shared_ptr<const DirectNetwork> network, int threads,
                   std::shared_ptr<ImageHalfCache> cache = nullptr);
    ~DirectExecutor() override;

    bool run(const std::uint8_t* picture, std::size_t rowBytes, std::span<const float> window,
             std::span<std::uint8_t> output, std::span<float> values = {}) override;
    bool runNumbers(std::span<const float> planes, std::span<const float> window, std::span<std::uint8_t> output,
                    std::span<float> values) override;

    /// Bytes of this executor's own memory, without what the cache holds.
    std::size_t ownBytes() const;
    const StageTimes& times() const; ///< of all frames so far

private:
    struct Inside;
    std::unique_ptr<Inside> m_inside;
};

} // namespace lipsync::nn::direct

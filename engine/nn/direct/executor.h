// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/direct_network.h"
#include "nn/direct/image_half_cache.h"
#include "nn/direct/thread_team.h"

#include <chrono>
#include <span>

namespace lipsync::nn::direct {

/// Where the time of executed frames went.
struct StageTimes {
    std::chrono::nanoseconds image{}, audio{}, fuse{};
    std::vector<std::chrono::nanoseconds> ups;
};

/// Runs a DirectNetwork frame by frame with threads and memory of its own. One thread at a time.
class DirectExecutor {
public:
    /// `cache`: where image halves are kept; may be null. Throws std::bad_alloc.
    DirectExecutor(std::shared_ptr<const DirectNetwork> network, int threads,
                   std::shared_ptr<ImageHalfCache> cache = nullptr);
    ~DirectExecutor();

    /// Redraws one mouth. `picture`: the first byte of the network's unmasked square (B,G,R), `rowBytes` from one of
    /// its rows to the next; `window`: audioElements() numbers; `output`: pictureBytes(). `values`: what the network
    /// gave, as many numbers as output, pixel after pixel; or empty. False when one of them is not a number.
    bool run(const std::uint8_t* picture, std::size_t rowBytes, std::span<const float> window,
             std::span<std::uint8_t> output, std::span<float> values = {});

    /// The same for an input that is no picture's: 6 planes of numbers, as references are computed with.
    bool runNumbers(std::span<const float> planes, std::span<const float> window, std::span<std::uint8_t> output,
                    std::span<float> values);

    /// Bytes of this executor's own memory, without what the cache holds.
    std::size_t ownBytes() const;
    const StageTimes& times() const; ///< of all frames so far

private:
    struct Inside;
    std::unique_ptr<Inside> m_inside;
};

} // namespace lipsync::nn::direct

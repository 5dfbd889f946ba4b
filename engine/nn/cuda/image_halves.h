// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

namespace lipsync::nn::cuda {

/// A template frame on a device. Frames never change once they are there, so that this stands for their bytes.
struct FrameKey {
    std::uint64_t crops = 0; ///< CudaCrops::id()
    int frame = 0;

    bool operator==(const FrameKey&) const = default;
};

/// What the image encoder made of template frames, kept in a device's memory, so that a frame that comes again costs its
/// second half only. The longest unused go first. Shared by the replicas of a network on one device; any thread.
class ImageHalves {
public:
    /// The memory of a half, which lives as long as someone holds it.
    using Half = std::shared_ptr<std::uint16_t>;
    using Allocate = std::function<Half()>;

    /// Keeps up to `most` halves, whose memory comes from `allocate` and is taken when it is first needed.
    ImageHalves(std::size_t most, Allocate allocate);

    /// Null when it is not held.
    Half find(const FrameKey& key);
    /// Memory for a half to compute and then keep(): that of one that had to go, unless somebody still reads it. Null
    /// when none is kept at all. Throws what `allocate` throws.
    Half take();
    /// The half is computed: other streams may read it.
    void keep(const FrameKey& key, Half half);

    bool keepsAny() const { return m_most > 0; }
    std::size_t held() const;
    std::uint64_t hits() const;
    std::uint64_t misses() const;

private:
    struct Entry {
        FrameKey key;
        Half half;
    };

    const std::size_t m_most;
    const Allocate m_allocate;
    mutable std::mutex m_mutex;
    std::list<Entry> m_entries; ///< the last used first
    std::uint64_t m_hits = 0, m_misses = 0;
};

} // namespace lipsync::nn::cuda

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/direct_network.h"
#include "nn/direct/keeping_trial.h"

#include <list>
#include <map>
#include <mutex>
#include <span>

namespace lipsync::nn::direct {

/// What the image encoder makes of one picture, which no sound changes: the maps of DirectNetwork::levels from the
/// second on, one after the other. The first is two thirds of them all and computed in a tenth of their time.
struct ImageHalf {
    explicit ImageHalf(const DirectNetwork& network);

    /// The map of levels[index], index ≥ 1.
    std::byte* level(std::size_t index) { return maps.as<std::byte>() + offsets[index - 1]; }

    Buffer maps;
    std::vector<std::size_t> offsets; ///< in bytes
};

/// Image halves of template frames, so that a frame that comes again costs its second half only. They are found by the
/// picture's bytes, all of which are compared: what comes out is what would be computed. The longest unused go first.
/// Any thread.
class ImageHalfCache {
public:
    /// Holds nothing while the budget is 0.
    explicit ImageHalfCache(std::size_t budgetBytes = 0);

    void setBudget(std::size_t bytes);
    std::size_t heldBytes() const;
    std::uint64_t hits() const;
    std::uint64_t misses() const;

    /// Whether halves of that network are worth the memory: see KeepingTrial. Where they are not, those that were held
    /// are dropped.
    bool isWorthwhile(const DirectNetwork& network) const;
    KeepingTrial::Way nextWay(const DirectNetwork& network);
    void record(const DirectNetwork& network, KeepingTrial::Way way, std::chrono::nanoseconds took);

    /// The half of that picture for that network; null when it is not held.
    std::shared_ptr<const ImageHalf> find(const DirectNetwork& network, std::span<const std::uint8_t> picture);
    /// Memory for a half to compute and then keep(): that of one that had to go, where there is such. Null when the
    /// budget does not hold a single one.
    std::shared_ptr<ImageHalf> take(const DirectNetwork& network);
    void keep(const DirectNetwork& network, std::span<const std::uint8_t> picture, std::shared_ptr<ImageHalf> half);
    /// Drops what is held of a network.
    void forget(const DirectNetwork& network);

private:
    struct Entry {
        std::uint64_t network = 0;
        std::uint64_t hash = 0;
        std::vector<std::uint8_t> picture;
        std::shared_ptr<ImageHalf> half;
        std::size_t bytes() const { return picture.size() + half->maps.bytes(); }
    };
    bool worthwhile(const DirectNetwork& network) const;
    void shrinkTo(std::size_t bytes);
    void drop(std::uint64_t network);

    mutable std::mutex m_mutex;
    std::list<Entry> m_entries; ///< the last used first
    std::map<std::uint64_t, KeepingTrial> m_trials; ///< of each network
    std::size_t m_budget;
    std::size_t m_held = 0;
    std::uint64_t m_hits = 0, m_misses = 0;
};

} // namespace lipsync::nn::direct

// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/image_half_cache.h"

#include <algorithm>

namespace lipsync::nn::direct {

namespace {

/// Tells pictures apart that differ; find() compares those that it does not.
std::uint64_t hashOf(std::span<const std::uint8_t> bytes)
{
    constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15u;
    // Four at a time, none of which waits for another's product.
    std::array<std::uint64_t, 4> parts{1, 2, 3, 4};
    for (std::size_t i = 0; i + sizeof parts <= bytes.size(); i += sizeof parts) {
        std::array<std::uint64_t, 4> words;
        std::memcpy(words.data(), bytes.data() + i, sizeof words);
        for (std::size_t p = 0; p < parts.size(); ++p) {
            parts[p] = (parts[p] ^ words[p]) * kFactor;
            parts[p] ^= parts[p] >> 32;
        }
    }
    std::uint64_t hash = bytes.size();
    for (const auto part : parts)
        hash = (hash ^ part) * kFactor;
    return hash;
}

} // namespace

ImageHalf::ImageHalf(const DirectNetwork& network)
    : maps(network.imageHalfBytes())
{
    std::size_t next = 0;
    for (std::size_t i = 1; i < network.levels.size(); ++i) {
        offsets.push_back(next);
        next += network.bytesOf(network.levels[i]);
    }
}

ImageHalfCache::ImageHalfCache(std::size_t budgetBytes)
    : m_budget(budgetBytes)
{
}

void ImageHalfCache::setBudget(std::size_t bytes)
{
    const std::scoped_lock lock(m_mutex);
    m_budget = bytes;
    shrinkTo(m_budget);
}

std::size_t ImageHalfCache::heldBytes() const
{
    const std::scoped_lock lock(m_mutex);
    return m_held;
}

std::uint64_t ImageHalfCache::hits() const
{
    const std::scoped_lock lock(m_mutex);
    return m_hits;
}

std::uint64_t ImageHalfCache::misses() const
{
    const std::scoped_lock lock(m_mutex);
    return m_misses;
}

bool ImageHalfCache::isWorthwhile(const DirectNetwork& network) const
{
    const std::scoped_lock lock(m_mutex);
    return worthwhile(network);
}

bool ImageHalfCache::worthwhile(const DirectNetwork& network) const
{
    const auto trial = m_trials.find(network.id);
    return trial == m_trials.end() || trial->second.isWorthwhile();
}

KeepingTrial::Way ImageHalfCache::nextWay(const DirectNetwork& network)
{
    const std::scoped_lock lock(m_mutex);
    return m_trials[network.id].next();
}

void ImageHalfCache::record(const DirectNetwork& network, KeepingTrial::Way way, std::chrono::nanoseconds took)
{
    const std::scoped_lock lock(m_mutex);
    auto& trial = m_trials[network.id];
    trial.record(way, took);
    if (!trial.isWorthwhile())
        drop(network.id);
}

std::shared_ptr<const ImageHalf> ImageHalfCache::find(const DirectNetwork& network,
                                                      std::span<const std::uint8_t> picture)
{
    const auto hash = hashOf(picture);
    const std::scoped_lock lock(m_mutex);
    const auto found = std::ranges::find_if(m_entries, [&](const Entry& entry) {
        return entry.hash == hash && entry.network == network.id && std::ranges::equal(entry.picture, picture);
    });
    if (found == m_entries.end()) {
        ++m_misses;
        return nullptr;
    }
    ++m_hits;
    m_entries.splice(m_entries.begin(), m_entries, found);
    return found->half;
}

std::shared_ptr<ImageHalf> ImageHalfCache::take(const DirectNetwork& network)
{
    const auto bytes = network.imageHalfBytes() + network.spec.pictureBytes();
    {
        const std::scoped_lock lock(m_mutex);
        if (bytes > m_budget)
            return nullptr;
        // A map of the same size that nobody reads any more spares the system the work of clearing new memory.
        while (!m_entries.empty() && m_held + bytes > m_budget) {
            auto last = std::move(m_entries.back());
            m_entries.pop_back();
            m_held -= last.bytes();
            if (last.network == network.id && last.half.use_count() == 1)
                return std::move(last.half);
        }
    }
    return std::make_shared<ImageHalf>(network);
}

void ImageHalfCache::keep(const DirectNetwork& network, std::span<const std::uint8_t> picture,
                          std::shared_ptr<ImageHalf> half)
{
    Entry entry{network.id, hashOf(picture), {picture.begin(), picture.end()}, std::move(half)};
    const auto bytes = entry.bytes();
    const std::scoped_lock lock(m_mutex);
    if (bytes > m_budget || !worthwhile(network)) // the trial may have ended while it was computed
        return;
    shrinkTo(m_budget - bytes);
    m_entries.push_front(std::move(entry));
    m_held += bytes;
}

void ImageHalfCache::forget(const DirectNetwork& network)
{
    const std::scoped_lock lock(m_mutex);
    drop(network.id);
    m_trials.erase(network.id);
}

void ImageHalfCache::drop(std::uint64_t network)
{
    std::erase_if(m_entries, [&](const Entry& entry) {
        if (entry.network != network)
            return false;
        m_held -= entry.bytes();
        return true;
    });
}

void ImageHalfCache::shrinkTo(std::size_t bytes)
{
    while (!m_entries.empty() && m_held > bytes) {
        m_held -= m_entries.back().bytes();
        m_entries.pop_back();
    }
}

} // namespace lipsync::nn::direct

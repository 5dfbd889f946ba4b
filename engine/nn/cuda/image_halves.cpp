// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/cuda/image_halves.h"

#include <algorithm>

namespace lipsync::nn::cuda {

ImageHalves::ImageHalves(std::size_t most, Allocate allocate)
    : m_most(most)
    , m_allocate(std::move(allocate))
{
}

ImageHalves::Half ImageHalves::find(const FrameKey& key)
{
    const std::scoped_lock lock(m_mutex);
    const auto found = std::ranges::find(m_entries, key, &Entry::key);
    if (found == m_entries.end()) {
        ++m_misses;
        return nullptr;
    }
    ++m_hits;
    m_entries.splice(m_entries.begin(), m_entries, found);
    return found->half;
}

ImageHalves::Half ImageHalves::take()
{
    if (m_most == 0)
        return nullptr;
    {
        const std::scoped_lock lock(m_mutex);
        while (m_entries.size() >= m_most) {
            auto half = std::move(m_entries.back().half);
            m_entries.pop_back();
            if (half.use_count() == 1)
                return half;
        }
    }
    return m_allocate();
}

void ImageHalves::keep(const FrameKey& key, Half half)
{
    const std::scoped_lock lock(m_mutex);
    if (std::ranges::find(m_entries, key, &Entry::key) != m_entries.end())
        return; // another replica was faster
    m_entries.push_front({key, std::move(half)});
    if (m_entries.size() > m_most)
        m_entries.pop_back();
}

std::size_t ImageHalves::held() const
{
    const std::scoped_lock lock(m_mutex);
    return m_entries.size();
}

std::uint64_t ImageHalves::hits() const
{
    const std::scoped_lock lock(m_mutex);
    return m_hits;
}

std::uint64_t ImageHalves::misses() const
{
    const std::scoped_lock lock(m_mutex);
    return m_misses;
}

} // namespace lipsync::nn::cuda

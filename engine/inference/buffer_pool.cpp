// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/buffer_pool.h"

namespace lipsync::inference {

BufferPool::BufferPool(std::size_t bytes, std::size_t mostSpare, Allocate allocate)
    : m_bytes(bytes)
    , m_allocate(std::move(allocate))
    , m_shelf(std::make_shared<Shelf>())
{
    m_shelf->mostSpare = mostSpare;
}

Result<BufferPool::Buffer> BufferPool::take()
{
    Buffer memory;
    {
        std::lock_guard lock(m_shelf->mutex);
        if (!m_shelf->spare.empty()) {
            memory = std::move(m_shelf->spare.back());
            m_shelf->spare.pop_back();
        }
    }
    if (!memory) {
        auto made = m_allocate(m_bytes);
        if (!made)
            return failure(made);
        memory = std::move(*made);
    }
    auto* data = memory.get();
    return Buffer(data, [memory = std::move(memory), home = std::weak_ptr(m_shelf)](std::uint8_t*) mutable {
        if (const auto shelf = home.lock()) {
            std::lock_guard lock(shelf->mutex);
            if (shelf->spare.size() < shelf->mostSpare)
                shelf->spare.push_back(std::move(memory));
        }
    });
}

} // namespace lipsync::inference

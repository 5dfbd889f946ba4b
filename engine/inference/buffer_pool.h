// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace lipsync::inference {

/// Buffers of one size that come back to be used again when their last user lets go. Any thread.
class BufferPool {
public:
    using Buffer = std::shared_ptr<std::uint8_t[]>;
    using Allocate = std::function<Result<Buffer>(std::size_t bytes)>;

    /// Buffers of `bytes` made by `allocate`; up to `mostSpare` are kept while nobody uses them.
    BufferPool(std::size_t bytes, std::size_t mostSpare, Allocate allocate);

    std::size_t bytes() const { return m_bytes; }

    /// A buffer; it may outlive the pool.
    Result<Buffer> take();

private:
    struct Shelf {
        std::mutex mutex;
        std::vector<Buffer> spare;
        std::size_t mostSpare = 0;
    };

    const std::size_t m_bytes;
    const Allocate m_allocate;
    const std::shared_ptr<Shelf> m_shelf;
};

} // namespace lipsync::inference

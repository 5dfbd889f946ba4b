// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/shared_memory.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

namespace lipsync::nn {

/// What the networks see of an avatar's template: frameCount crops of cropSize × cropSize × 3 bytes (B,G,R, rows
/// first, with the border of the network's profile), each written once and never changed. One store a host: it lies in
/// shared memory, and child processes map the same pages. Any thread.
class TemplateCrops {
public:
    /// An empty store. Resource when there is no memory for it.
    static Result<std::shared_ptr<TemplateCrops>> create(int frameCount, int cropSize);
    /// The store of another process of this host, read-only, by its mapPath(). InvalidInput when its size is wrong.
    static Result<std::shared_ptr<TemplateCrops>> map(const std::filesystem::path& path, int frameCount, int cropSize);

    int frameCount() const { return m_frameCount; }
    int cropSize() const { return m_cropSize; }
    std::size_t cropBytes() const { return std::size_t{3} * m_cropSize * m_cropSize; }

    /// Writes a crop unless that was done before: `fill` gets its bytes. Other threads that want the same frame wait.
    Status write(int frame, const std::function<Status(std::span<std::uint8_t>)>& fill);
    /// Whether the frame is written. Always true in a mapped store: its owner writes a frame before anyone asks for it.
    bool isWritten(int frame) const;
    /// The crop's bytes; of a frame that is written.
    std::span<const std::uint8_t> crop(int frame) const;

    /// Where another process of the same user can map this store while this process lives.
    std::filesystem::path mapPath() const { return m_memory.path(); }

    TemplateCrops(SharedMemory memory, int frameCount, int cropSize, bool owned);

private:
    SharedMemory m_memory;
    const int m_frameCount;
    const int m_cropSize;
    const bool m_owned;
    std::mutex m_writing;
    std::unique_ptr<std::atomic<bool>[]> m_written; ///< one a frame; none in a mapped store
};

} // namespace lipsync::nn

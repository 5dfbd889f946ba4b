// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace lipsync::nn {

/// Memory for the tensors of one run at a time. Blocks that were freed are used again and never go back to the system,
/// so that a run finds its pages where the run before left them: mapped, and in the cache of its core. A common heap
/// for all threads costs a third of the speed of two. Any thread may free.
class TensorHeap : public std::enable_shared_from_this<TensorHeap> {
public:
    TensorHeap();
    ~TensorHeap();
    TensorHeap(const TensorHeap&) = delete;
    TensorHeap& operator=(const TensorHeap&) = delete;

    /// A block aligned to 64 bytes; null when the heap's addresses are used up or could not be reserved.
    void* allocate(std::size_t bytes);
    void free(void* block);

private:
    std::mutex m_mutex;
    std::byte* m_base = nullptr; ///< of the reserved addresses; pages take memory once they are written
    std::map<std::size_t, std::size_t> m_free; ///< sizes of free pieces by offset, neighbours merged
    std::map<std::size_t, std::size_t> m_used; ///< sizes of blocks by offset
};

/// Heaps for runs that go on at once; as many as there ever were. Any thread.
class TensorHeaps {
public:
    /// While it lives, LibTorch's tensors of the calling thread lie in a heap of its own.
    class Use {
    public:
        explicit Use(TensorHeaps& heaps);
        ~Use();
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;

    private:
        TensorHeaps& m_heaps;
        std::shared_ptr<TensorHeap> m_heap;
        TensorHeap* m_before;
    };

private:
    std::mutex m_mutex;
    std::vector<std::shared_ptr<TensorHeap>> m_idle; ///< the one used last is taken first
};

/// Makes LibTorch ask for the heap of the calling thread. Once a process, before its first tensor.
void installTensorHeaps();

} // namespace lipsync::nn

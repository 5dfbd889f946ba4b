// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/tensor_heap.h"

#include "nn/torch_compat.h"

#include <c10/core/CPUAllocator.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include <sys/mman.h>

namespace lipsync::nn {

namespace {

constexpr std::size_t kReservedBytes = std::size_t{16} << 30; ///< addresses of a heap, far more than a run needs
constexpr std::size_t kAlignment = 64; ///< a cache line, and what LibTorch's own allocator gives

thread_local TensorHeap* t_heap = nullptr; ///< of the run that this thread is in

} // namespace

TensorHeap::TensorHeap()
{
    void* base =
        ::mmap(nullptr, kReservedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return;
    m_base = static_cast<std::byte*>(base);
    m_free[0] = kReservedBytes;
}

TensorHeap::~TensorHeap()
{
    if (m_base)
        ::munmap(m_base, kReservedBytes);
}

void* TensorHeap::allocate(std::size_t bytes)
{
    const auto size = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    std::lock_guard lock(m_mutex);
    // The lowest place that fits keeps the touched pages few.
    for (auto piece = m_free.begin(); piece != m_free.end(); ++piece) {
        const auto [offset, available] = *piece;
        if (available < size)
            continue;
        m_free.erase(piece);
        if (available > size)
            m_free[offset + size] = available - size;
        m_used[offset] = size;
        return m_base + offset;
    }
    return nullptr;
}

void TensorHeap::free(void* block)
{
    std::lock_guard lock(m_mutex);
    const auto used = m_used.find(static_cast<std::size_t>(static_cast<std::byte*>(block) - m_base));
    auto [offset, size] = *used;
    m_used.erase(used);
    auto after = m_free.lower_bound(offset);
    if (after != m_free.end() && after->first == offset + size) {
        size += after->second;
        after = m_free.erase(after);
    }
    if (after != m_free.begin()) {
        const auto before = std::prev(after);
        if (before->first + before->second == offset) {
            before->second += size;
            return;
        }
    }
    m_free[offset] = size;
}

TensorHeaps::Use::Use(TensorHeaps& heaps)
    : m_heaps(heaps)
    , m_before(t_heap)
{
    {
        std::lock_guard lock(m_heaps.m_mutex);
        if (!m_heaps.m_idle.empty()) {
            m_heap = std::move(m_heaps.m_idle.back());
            m_heaps.m_idle.pop_back();
        }
    }
    if (!m_heap)
        m_heap = std::make_shared<TensorHeap>();
    t_heap = m_heap.get();
}

TensorHeaps::Use::~Use()
{
    t_heap = m_before;
    std::lock_guard lock(m_heaps.m_mutex);
    m_heaps.m_idle.push_back(std::move(m_heap));
}

namespace {

/// Stands before every block; keeps its heap alive, which a tensor may outlive. Without a heap it is malloc's.
struct Header {
    std::shared_ptr<TensorHeap> heap;
};
static_assert(sizeof(Header) <= kAlignment);

/// LibTorch's allocator of the processor: the heap of the run that the thread is in, else malloc.
class HeapAllocator final : public c10::Allocator {
public:
    c10::DataPtr allocate(std::size_t bytes) LIPSYNC_ALLOCATE_CONST override
    {
        const c10::Device processor(c10::DeviceType::CPU);
        if (bytes == 0)
            return {nullptr, nullptr, &release, processor};
        const auto whole = (bytes + 2 * kAlignment - 1) / kAlignment * kAlignment;
        auto* heap = t_heap;
        void* block = heap ? heap->allocate(whole) : nullptr;
        if (!block) {
            heap = nullptr;
            block = std::aligned_alloc(kAlignment, whole);
        }
        if (!block)
            throw std::bad_alloc();
        new (block) Header{heap ? heap->shared_from_this() : nullptr};
        void* data = static_cast<std::byte*>(block) + kAlignment;
        return {data, data, &release, processor};
    }

    // LibTorch frees by address alone what it asked for as raw memory.
    c10::DeleterFnPtr raw_deleter() const override { return &release; }

#if TORCH_VERSION_MAJOR >= 2
    void copy_data(void* to, const void* from, std::size_t bytes) const override
    {
        std::memcpy(to, from, bytes);
    }
#endif

private:
    static void release(void* data)
    {
        if (!data)
            return;
        auto* block = static_cast<std::byte*>(data) - kAlignment;
        auto* header = reinterpret_cast<Header*>(block);
        const auto heap = std::move(header->heap);
        header->~Header();
        if (heap)
            heap->free(block);
        else
            std::free(block);
    }
};

} // namespace

void installTensorHeaps()
{
    static HeapAllocator allocator; // LibTorch keeps the pointer for ever
    c10::SetCPUAllocator(&allocator);
}

} // namespace lipsync::nn

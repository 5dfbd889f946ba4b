// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/shared_memory.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>

namespace lipsync::inference {

/// Places for the pictures of one batch each, numbered from 1, in memory that a worker process and its parent share.
inline constexpr int kPictureSlots = 4;

/// The worker process' side: it writes into the slot that its parent names.
class PictureBlock {
public:
    /// Resource when there is no memory for slots of that size.
    static Result<PictureBlock> create(std::size_t slotBytes);

    std::size_t slotBytes() const { return m_slotBytes; }
    std::span<std::uint8_t> slot(int number)
    {
        return m_memory.bytes().subspan((number - 1) * m_slotBytes, m_slotBytes);
    }
    std::filesystem::path path() const { return m_memory.path(); }

private:
    PictureBlock(SharedMemory memory, std::size_t slotBytes)
        : m_memory(std::move(memory))
        , m_slotBytes(slotBytes)
    {
    }

    SharedMemory m_memory;
    std::size_t m_slotBytes;
};

/// The parent's side: lends slots out. Any thread.
class LentPictures : public std::enable_shared_from_this<LentPictures> {
public:
    /// A slot while somebody looks at the pictures in it; keeps the memory mapped, even when the worker is gone.
    class Slot {
    public:
        Slot(std::shared_ptr<LentPictures> owner, int number)
            : m_owner(std::move(owner))
            , m_number(number)
        {
        }
        ~Slot() { m_owner->giveBack(m_number); }
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;

        int number() const { return m_number; }
        std::span<const std::uint8_t> bytes() const;

    private:
        const std::shared_ptr<LentPictures> m_owner;
        const int m_number;
    };

    /// Maps a worker's block; InvalidInput when it is not as large as it should be.
    static Result<std::shared_ptr<LentPictures>> map(const std::filesystem::path& path, std::size_t slotBytes);

    LentPictures(SharedMemory memory, std::size_t slotBytes)
        : m_memory(std::move(memory))
        , m_slotBytes(slotBytes)
    {
    }

    std::size_t slotBytes() const { return m_slotBytes; }
    /// A free slot; null when all are lent out.
    std::shared_ptr<const Slot> take();

private:
    void giveBack(int number);

    const SharedMemory m_memory;
    const std::size_t m_slotBytes;
    std::mutex m_mutex;
    std::array<bool, kPictureSlots> m_taken{};
};

} // namespace lipsync::inference

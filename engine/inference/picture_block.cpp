// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/picture_block.h"

#include <algorithm>

namespace lipsync::inference {

Result<PictureBlock> PictureBlock::create(std::size_t slotBytes)
{
    auto memory = SharedMemory::create(kPictureSlots * slotBytes);
    if (!memory)
        return failure(memory);
    return PictureBlock(std::move(*memory), slotBytes);
}

Result<std::shared_ptr<LentPictures>> LentPictures::map(const std::filesystem::path& path, std::size_t slotBytes)
{
    auto memory = SharedMemory::map(path, kPictureSlots * slotBytes);
    if (!memory)
        return failure(memory);
    return std::make_shared<LentPictures>(std::move(*memory), slotBytes);
}

std::shared_ptr<const LentPictures::Slot> LentPictures::take()
{
    int number = 0;
    {
        std::lock_guard lock(m_mutex);
        const auto free = std::ranges::find(m_taken, false);
        if (free == m_taken.end())
            return nullptr;
        *free = true;
        number = static_cast<int>(free - m_taken.begin()) + 1;
    }
    return std::make_shared<const Slot>(shared_from_this(), number);
}

void LentPictures::giveBack(int number)
{
    std::lock_guard lock(m_mutex);
    m_taken[static_cast<std::size_t>(number) - 1] = false;
}

std::span<const std::uint8_t> LentPictures::Slot::bytes() const
{
    return m_owner->m_memory.bytes().subspan((m_number - 1) * m_owner->m_slotBytes, m_owner->m_slotBytes);
}

} // namespace lipsync::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/template_crops.h"

#include "nn/network_spec.h"

namespace lipsync::nn {

namespace {

constexpr int kMostFrames = 1'000'000;
constexpr int kSmallestCrop = 9; // pixels
constexpr int kLargestCrop = 4096;

Result<std::size_t> storeBytes(int frameCount, int cropSize)
{
    if (frameCount < 1 || frameCount > kMostFrames || cropSize < kSmallestCrop || cropSize > kLargestCrop) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("A template of {} frames with crops of {} pixels cannot be kept.", frameCount, cropSize));
    }
    return std::size_t{3} * cropSize * cropSize * frameCount;
}

} // namespace

TemplateCrops::TemplateCrops(SharedMemory memory, int frameCount, int cropSize, bool owned)
    : m_memory(std::move(memory))
    , m_frameCount(frameCount)
    , m_cropSize(cropSize)
    , m_owned(owned)
    , m_written(owned ? std::make_unique<std::atomic<bool>[]>(static_cast<std::size_t>(frameCount)) : nullptr)
{
}

Result<std::shared_ptr<TemplateCrops>> TemplateCrops::create(int frameCount, int cropSize)
{
    const auto bytes = storeBytes(frameCount, cropSize);
    if (!bytes)
        return failure(bytes);
    auto memory = SharedMemory::create(*bytes);
    if (!memory)
        return failure(memory);
    return std::make_shared<TemplateCrops>(std::move(*memory), frameCount, cropSize, true);
}

Result<std::shared_ptr<TemplateCrops>> TemplateCrops::map(const std::filesystem::path& path, int frameCount,
                                                          int cropSize)
{
    const auto bytes = storeBytes(frameCount, cropSize);
    if (!bytes)
        return failure(bytes);
    auto memory = SharedMemory::map(path, *bytes);
    if (!memory)
        return failure(memory);
    return std::make_shared<TemplateCrops>(std::move(*memory), frameCount, cropSize, false);
}

Status TemplateCrops::write(int frame, const std::function<Status(std::span<std::uint8_t>)>& fill)
{
    if (!m_owned || frame < 0 || frame >= m_frameCount)
        return failure(ErrorCode::Internal, fmt::format("The crop of template frame {} cannot be written.", frame));
    auto& written = m_written[static_cast<std::size_t>(frame)];
    if (written.load(std::memory_order_acquire))
        return {};
    std::lock_guard lock(m_writing);
    if (written.load(std::memory_order_relaxed)) // another thread wrote it while this one waited
        return {};
    const auto bytes = m_memory.bytes().subspan(static_cast<std::size_t>(frame) * cropBytes(), cropBytes());
    if (auto filled = fill(bytes); !filled)
        return filled;
    written.store(true, std::memory_order_release);
    return {};
}

bool TemplateCrops::isWritten(int frame) const
{
    if (frame < 0 || frame >= m_frameCount)
        return false;
    return !m_owned || m_written[static_cast<std::size_t>(frame)].load(std::memory_order_acquire);
}

std::span<const std::uint8_t> TemplateCrops::crop(int frame) const
{
    return m_memory.bytes().subspan(static_cast<std::size_t>(frame) * cropBytes(), cropBytes());
}

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/template_frames.h"

#include "media/video_reader.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace lipsync::avatar {

namespace {

int interpolation(CropResize resize)
{
    switch (resize) {
    case CropResize::Cubic:
        return cv::INTER_CUBIC;
    case CropResize::Area:
        return cv::INTER_AREA;
    case CropResize::Linear:
        break;
    }
    return cv::INTER_LINEAR;
}

std::size_t bytesOf(const cv::Mat& picture)
{
    return picture.total() * picture.elemSize();
}

using FramePointer = std::shared_ptr<const TemplateFrame>;

/// kTemplateBlockFrames neighbouring frames (fewer at the clip's end).
struct Block {
    int number = 0;
    std::size_t bytes = 0;
    std::vector<FramePointer> frames;
};

} // namespace

class TemplateFrames::Impl {
public:
    Impl(std::shared_ptr<const AvatarPackage> package, std::unique_ptr<media::VideoReader> reader,
         std::shared_ptr<nn::TemplateCrops> crops, std::size_t memoryBudgetBytes)
        : m_package(std::move(package))
        , m_crops(std::move(crops))
        , m_memoryBudgetBytes(memoryBudgetBytes)
        , m_reader(std::move(reader))
    {
    }

    const AvatarPackage& package() const { return *m_package; }
    std::shared_ptr<const nn::TemplateCrops> crops() const { return m_crops; }

    Result<FramePointer> frame(int index)
    {
        const int count = m_package->manifest().frameCount;
        if (index < 0 || index >= count) {
            return failure(ErrorCode::Usage,
                           fmt::format("Template frame {} does not exist: {} has {} frames.", index,
                                       m_package->templateVideo().string(), count));
        }
        if (auto kept = keptFrame(index))
            return kept;
        std::lock_guard decoding(m_decodeMutex);
        if (auto kept = keptFrame(index)) // another thread decoded it while this one waited
            return kept;
        auto block = decodeBlock(index / kTemplateBlockFrames);
        if (!block)
            return failure(block);
        auto wanted = block->frames[static_cast<std::size_t>(index % kTemplateBlockFrames)];
        keep(std::move(*block));
        return wanted;
    }

    TemplateFramesStatistics statistics() const
    {
        std::lock_guard lock(m_cacheMutex);
        return m_statistics;
    }

private:
    FramePointer keptFrame(int index)
    {
        std::lock_guard lock(m_cacheMutex);
        const auto found = m_byNumber.find(index / kTemplateBlockFrames);
        if (found == m_byNumber.end())
            return {};
        m_blocks.splice(m_blocks.begin(), m_blocks, found->second);
        return found->second->frames[static_cast<std::size_t>(index % kTemplateBlockFrames)];
    }

    /// Needs m_decodeMutex.
    Result<Block> decodeBlock(int number)
    {
        const int first = number * kTemplateBlockFrames;
        const int end = std::min(first + kTemplateBlockFrames, m_package->manifest().frameCount);
        if (m_position != first) {
            m_position = kNowhere;
            if (auto found = m_reader->seekToFrame(first); !found)
                return failure(found);
        }
        Block block;
        block.number = number;
        for (int index = first; index < end; ++index) {
            m_position = kNowhere; // until the picture is there
            auto picture = m_reader->next();
            if (!picture)
                return failure(picture);
            auto made = makeFrame(index, std::move(*picture));
            if (!made)
                return failure(made);
            m_position = index + 1;
            block.bytes += bytesOf((*made)->picture);
            block.frames.push_back(std::move(*made));
        }
        return block;
    }

    Result<FramePointer> makeFrame(int index, std::optional<cv::Mat> picture) const
    {
        const auto& manifest = m_package->manifest();
        const cv::Size size(manifest.frameWidth, manifest.frameHeight);
        if (!picture || picture->size() != size || picture->type() != CV_8UC3) {
            return failure(
                ErrorCode::InvalidInput,
                fmt::format("The template video {} has no frame {} of {} × {} pixels. Copy the avatar again.",
                            m_package->templateVideo().string(), index, size.width, size.height));
        }
        auto frame = std::make_shared<TemplateFrame>();
        frame->index = index;
        frame->picture = std::move(*picture);
        frame->rectangle = m_package->crops()[static_cast<std::size_t>(index)];
        if (auto written = writeCrop(*frame); !written)
            return failure(written);
        return frame;
    }

    /// Resizes the crop into the store unless it is there, and lets the frame point to it.
    Status writeCrop(TemplateFrame& frame) const
    {
        const auto& manifest = m_package->manifest();
        const int side = manifest.network.cropSize();
        const auto written = m_crops->write(frame.index, [&](std::span<std::uint8_t> bytes) -> Status {
            try {
                cv::Mat crop(side, side, CV_8UC3, bytes.data());
                cv::resize(frame.picture(frame.rectangle.rect()), crop, crop.size(), 0, 0,
                           interpolation(manifest.cropResize));
            } catch (const cv::Exception& problem) {
                return failure(ErrorCode::Internal,
                               fmt::format("The crop of template frame {} could not be resized.", frame.index),
                               problem.what());
            }
            return {};
        });
        if (!written)
            return written;
        frame.crops = m_crops;
        // OpenCV has no picture of constant bytes; nobody writes to a frame.
        frame.crop = cv::Mat(side, side, CV_8UC3, const_cast<std::uint8_t*>(m_crops->crop(frame.index).data()));
        return {};
    }

    void keep(Block block)
    {
        std::list<Block> dropped; // freed after the lock
        std::lock_guard lock(m_cacheMutex);
        m_statistics.decodedFrames += static_cast<std::int64_t>(block.frames.size());
        m_statistics.keptBytes += block.bytes;
        m_blocks.push_front(std::move(block));
        m_byNumber[m_blocks.front().number] = m_blocks.begin();
        while (m_blocks.size() > 1 && m_statistics.keptBytes > m_memoryBudgetBytes) {
            m_statistics.keptBytes -= m_blocks.back().bytes;
            m_byNumber.erase(m_blocks.back().number);
            dropped.splice(dropped.begin(), m_blocks, std::prev(m_blocks.end()));
        }
    }

    static constexpr int kNowhere = -1;

    const std::shared_ptr<const AvatarPackage> m_package;
    const std::shared_ptr<nn::TemplateCrops> m_crops;
    const std::size_t m_memoryBudgetBytes;

    std::mutex m_decodeMutex; ///< taken before m_cacheMutex; guards the reader and its position
    std::unique_ptr<media::VideoReader> m_reader;
    int m_position = 0; ///< frame the reader gives next

    mutable std::mutex m_cacheMutex; ///< guards everything below
    std::list<Block> m_blocks; ///< most recently used first
    std::unordered_map<int, std::list<Block>::iterator> m_byNumber;
    TemplateFramesStatistics m_statistics;
};

TemplateFrames::TemplateFrames(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
TemplateFrames::~TemplateFrames() = default;

Result<std::shared_ptr<TemplateFrames>> TemplateFrames::open(std::shared_ptr<const AvatarPackage> package,
                                                             const Options& options)
{
    auto reader = media::VideoReader::open(package->templateVideo(), options.decodeThreads);
    if (!reader)
        return failure(reader);
    const auto& manifest = package->manifest();
    auto crops = nn::TemplateCrops::create(manifest.frameCount, manifest.network.cropSize());
    if (!crops)
        return failure(crops);
    auto impl =
        std::make_unique<Impl>(std::move(package), std::move(*reader), std::move(*crops), options.memoryBudgetBytes);
    return std::shared_ptr<TemplateFrames>(new TemplateFrames(std::move(impl)));
}

const AvatarPackage& TemplateFrames::package() const
{
    return m_impl->package();
}

Result<std::shared_ptr<const TemplateFrame>> TemplateFrames::frame(int index)
{
    return m_impl->frame(index);
}

std::shared_ptr<const nn::TemplateCrops> TemplateFrames::crops() const
{
    return m_impl->crops();
}

TemplateFramesStatistics TemplateFrames::statistics() const
{
    return m_impl->statistics();
}

void copyNetworkPicture(const TemplateFrame& frame, const nn::GeneratorSpec& network, std::span<std::uint8_t> out)
{
    const auto profile = network.profile();
    const std::size_t rowBytes = static_cast<std::size_t>(profile.pictureSize) * 3;
    for (int y = 0; y < profile.pictureSize; ++y) {
        const auto* row = frame.crop.ptr<std::uint8_t>(y + profile.cropBorder) + 3 * profile.cropBorder;
        std::copy_n(row, rowBytes, out.data() + static_cast<std::size_t>(y) * rowBytes);
    }
}

} // namespace lipsync::avatar

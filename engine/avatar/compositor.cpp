// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/compositor.h"

#include "avatar/feather.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace lipsync::avatar {

namespace {

/// Pictures that one paste needs in between; kept so that none is allocated per frame.
struct Scratch {
    cv::Mat square; ///< the crop with the network's picture inside
    cv::Mat resized; ///< the same at the rectangle's size
};

Status checkSizes(const TemplateFrame& frame, std::span<const std::uint8_t> networkPicture,
                  const nn::GeneratorSpec& network)
{
    const cv::Rect whole({0, 0}, frame.picture.size());
    const auto rectangle = frame.rectangle.rect();
    const bool fits = frame.picture.type() == CV_8UC3 && frame.crop.type() == CV_8UC3 &&
        frame.crop.size() == cv::Size(network.cropSize(), network.cropSize()) && !rectangle.empty() &&
        (rectangle & whole) == rectangle;
    if (!fits || networkPicture.size() != network.pictureBytes()) {
        return failure(ErrorCode::Usage,
                       fmt::format("A picture of {} bytes cannot be pasted into template frame {}: it is not of the {} "
                                   "network.",
                                   networkPicture.size(), frame.index, network.name()));
    }
    return {};
}

/// Section 1.12, step 2: the network's picture inside the untouched border of the resized crop.
void composeSquare(const cv::Mat& crop, std::span<const std::uint8_t> networkPicture, int pictureSize, int border,
                   cv::Mat& square)
{
    crop.copyTo(square);
    const std::size_t rowBytes = static_cast<std::size_t>(pictureSize) * 3;
    for (int y = 0; y < pictureSize; ++y) {
        std::copy_n(networkPicture.data() + static_cast<std::size_t>(y) * rowBytes, rowBytes,
                    square.ptr<std::uint8_t>(y + border) + 3 * static_cast<std::ptrdiff_t>(border));
    }
}

} // namespace

class Compositor::Impl {
public:
    Impl(const nn::GeneratorSpec& network, CropResize cropResize, PasteMode mode)
        : m_network(network)
        , m_profile(network.profile())
        , m_interpolation(cropResize == CropResize::Cubic ? cv::INTER_CUBIC : cv::INTER_LINEAR)
        , m_mode(mode)
        , m_feather(network)
    {
    }

    Status paste(const TemplateFrame& frame, std::span<const std::uint8_t> networkPicture, cv::Mat& fullFrame)
    {
        if (auto sizes = checkSizes(frame, networkPicture, m_network); !sizes)
            return sizes;
        auto scratch = takeScratch();
        try {
            if (fullFrame.data == frame.picture.data) // the template itself must stay as it is
                fullFrame.release();
            frame.picture.copyTo(fullFrame);
            auto target = fullFrame(frame.rectangle.rect());
            composeSquare(frame.crop, networkPicture, m_profile.pictureSize, m_profile.cropBorder, scratch.square);
            if (m_mode == PasteMode::Exact) {
                cv::resize(scratch.square, target, target.size(), 0, 0, m_interpolation);
            } else {
                // Shrinking, cubic shows nothing more than linear, but takes three times as long.
                const bool shrinks = target.cols < scratch.square.cols && target.rows < scratch.square.rows;
                cv::resize(scratch.square, scratch.resized, target.size(), 0, 0,
                           shrinks ? cv::INTER_LINEAR : m_interpolation);
                m_feather.blend(scratch.resized, m_feather.measureColours(scratch.square, frame.crop), target);
            }
        } catch (const cv::Exception& problem) {
            return failure(
                ErrorCode::Resource,
                fmt::format("The mouth could not be pasted into template frame {}. Is memory short?", frame.index),
                problem.what());
        }
        giveBack(std::move(scratch));
        return {};
    }

private:
    Scratch takeScratch()
    {
        std::lock_guard lock(m_mutex);
        if (m_spare.empty())
            return {};
        auto scratch = std::move(m_spare.back());
        m_spare.pop_back();
        return scratch;
    }

    void giveBack(Scratch scratch)
    {
        std::lock_guard lock(m_mutex);
        m_spare.push_back(std::move(scratch));
    }

    const nn::GeneratorSpec m_network;
    const nn::NetworkProfile m_profile;
    const int m_interpolation;
    const PasteMode m_mode;
    const Feather m_feather;
    std::mutex m_mutex; ///< guards m_spare
    std::vector<Scratch> m_spare;
};

Compositor::Compositor(const nn::GeneratorSpec& network, CropResize cropResize, PasteMode mode)
    : m_impl(std::make_unique<Impl>(network, cropResize, mode))
{
}

Compositor::~Compositor() = default;

Status Compositor::paste(const TemplateFrame& frame, std::span<const std::uint8_t> networkPicture,
                         cv::Mat& fullFrame) const
{
    return m_impl->paste(frame, networkPicture, fullFrame);
}

} // namespace lipsync::avatar

// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/picture_bytes.h"

#include <algorithm>

#include <fmt/ranges.h>
#include <opencv2/imgcodecs.hpp>

namespace lipsync::serving {

namespace {

Answer<std::string> jpegOf(const cv::Mat& picture, int quality)
{
    try {
        std::vector<std::uint8_t> bytes;
        if (cv::imencode(".jpg", picture, bytes, {cv::IMWRITE_JPEG_QUALITY, quality}))
            return std::string(bytes.begin(), bytes.end());
    } catch (const cv::Exception&) { // told below
    }
    return fault(FaultKind::Failed, "The picture could not be encoded.");
}

} // namespace

Answer<std::string> jpegOf(std::span<const std::uint8_t> bgr, int width, int height, int quality)
{
    // OpenCV takes no const memory, and only reads it.
    return jpegOf(cv::Mat(height, width, CV_8UC3, const_cast<std::uint8_t*>(bgr.data())), quality);
}

std::array<float, 4> mouthBounds(const ServedAvatar& avatar, int templateFrame)
{
    const auto& crop = avatar.avatar->package().crops()[static_cast<std::size_t>(templateFrame)];
    const auto profile = avatar.manifest().network.profile();
    const float border = static_cast<float>(profile.cropBorder) / static_cast<float>(profile.cropSize());
    const float left = border * static_cast<float>(crop.width()), top = border * static_cast<float>(crop.height());
    return {static_cast<float>(crop.x1) + left, static_cast<float>(crop.y1) + top, static_cast<float>(crop.x2) - left,
            static_cast<float>(crop.y2) - top};
}

const std::vector<std::string>& videoNames()
{
    static const std::vector<std::string> names{"full_body_img", "crops_328", "rois_320", "model_inputs"};
    return names;
}

Answer<std::string> videoFrameJpeg(const ServedAvatar& avatar, std::string_view video, std::int64_t templateFrame)
{
    constexpr std::string_view kSuffix = "_video";
    if (video.ends_with(kSuffix))
        video.remove_suffix(kSuffix.size());
    if (video.empty() || video == "full_body" || video == "video")
        video = videoNames().front();
    const auto& names = videoNames();
    const auto found = std::ranges::find(names, video);
    if (found == names.end())
        return fault(FaultKind::BadRequest,
                     fmt::format("There is no video '{}'; there are {}.", video, fmt::join(names, ", ")));
    if (templateFrame < 0 || templateFrame >= avatar.frameCount())
        return fault(FaultKind::BadRequest,
                     fmt::format("The avatar '{}' has the frames 0 to {}, not {}.", avatar.name,
                                 avatar.frameCount() - 1, templateFrame));
    const auto frame = avatar.avatar->frames()->frame(static_cast<int>(templateFrame));
    if (!frame)
        return tl::unexpected(faultOf(frame.error()));
    const auto which = found - names.begin();
    if (which == 0)
        return jpegOf((*frame)->picture, kJpegQuality);
    if (which == 1)
        return jpegOf((*frame)->crop, kJpegQuality);
    const auto profile = avatar.manifest().network.profile();
    cv::Mat picture(profile.pictureSize, profile.pictureSize, CV_8UC3);
    avatar::copyNetworkPicture(**frame, avatar.manifest().network,
                               {picture.data, picture.total() * picture.elemSize()});
    if (which == 3) {
        const auto& mask = profile.mask;
        picture(cv::Rect(mask[0], mask[1], mask[2], mask[3])).setTo(cv::Scalar());
    }
    return jpegOf(picture, kJpegQuality);
}

} // namespace lipsync::serving

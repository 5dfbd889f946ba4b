// SPDX-License-Identifier: GPL-3.0-or-later
#include "rendered_mouth.h"

#include "avatar/template_loop.h"
#include "media/video_reader.h"
#include "scoring/picture_metrics.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace lipsync::test {

namespace {

constexpr int kCrop = 168, kBorder = 4, kSquare = 160;

cv::Mat squareOf(const cv::Mat& frame, const cv::Rect& rectangle)
{
    cv::Mat crop;
    cv::resize(frame(rectangle), crop, {kCrop, kCrop}, 0, 0, cv::INTER_LINEAR);
    return crop(cv::Rect(kBorder, kBorder, kSquare, kSquare)).clone();
}

avatar::TemplateLoop loopOf(const avatar::AvatarPackage& package)
{
    const auto& manifest = package.manifest();
    return {manifest.loop, manifest.frameCount, manifest.startFrame};
}

} // namespace

Result<std::vector<cv::Mat>> mouthSquares(const std::filesystem::path& video, const avatar::AvatarPackage& package)
{
    auto reader = media::VideoReader::open(video);
    if (!reader)
        return failure(reader);
    const auto loop = loopOf(package);
    std::vector<cv::Mat> squares;
    while (true) {
        auto frame = (*reader)->next();
        if (!frame)
            return failure(frame);
        if (!*frame)
            return squares;
        const auto index = loop.frameAt(static_cast<std::int64_t>(squares.size()));
        squares.push_back(squareOf(**frame, package.crops()[static_cast<std::size_t>(index)].rect()));
    }
}

std::vector<cv::Mat> drawnSquares(const training::DemoCharacter& character, const avatar::AvatarPackage& package,
                                  std::span<const training::MouthPose> poses)
{
    const auto loop = loopOf(package);
    std::vector<cv::Mat> squares;
    for (const auto& pose : poses) {
        const auto index = loop.frameAt(static_cast<std::int64_t>(squares.size()));
        const double time = (index + 0.5) / package.manifest().frameRate();
        squares.push_back(squareOf(character.draw(time, pose), character.mouthCrop(time)));
    }
    return squares;
}

std::vector<double> openings(const training::DemoCharacter& character, std::span<const cv::Mat> squares)
{
    std::vector<double> values;
    for (const auto& square : squares)
        values.push_back(character.mouthOpening(square));
    return values;
}

double psnr(std::span<const cv::Mat> a, std::span<const cv::Mat> b, const cv::Rect& box)
{
    scoring::PictureLikeness likeness;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        likeness.add(a[i](box), b[i](box));
    return likeness.psnr().value_or(0);
}

} // namespace lipsync::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "rendered_mouth.h"

#include "avatar/template_loop.h"
#include "media/video_reader.h"

#include <cmath>
#include <numeric>

#include <opencv2/imgproc.hpp>

namespace lipsync::test {

namespace {

constexpr int kCrop = 168, kBorder = 4, kSquare = 160;
constexpr int kSamplesPerFrame = 640;

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

double mean(std::span<const double> values)
{
    return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double correlation(std::span<const double> a, std::span<const double> b)
{
    const auto count = std::min(a.size(), b.size());
    a = a.first(count);
    b = b.first(count);
    const double meanA = mean(a), meanB = mean(b);
    double both = 0, squaresA = 0, squaresB = 0;
    for (std::size_t i = 0; i < count; ++i) {
        both += (a[i] - meanA) * (b[i] - meanB);
        squaresA += (a[i] - meanA) * (a[i] - meanA);
        squaresB += (b[i] - meanB) * (b[i] - meanB);
    }
    return squaresA > 0 && squaresB > 0 ? both / std::sqrt(squaresA * squaresB) : 0;
}

Lag bestLag(std::span<const double> early, std::span<const double> late, int reach)
{
    Lag best{0, -2};
    for (int shift = -reach; shift <= reach; ++shift) {
        const auto a = shift >= 0 ? early : early.subspan(static_cast<std::size_t>(-shift));
        const auto b = shift >= 0 ? late.subspan(static_cast<std::size_t>(shift)) : late;
        if (const double value = correlation(a, b); value > best.correlation)
            best = {shift, value};
    }
    return best;
}

double psnr(std::span<const cv::Mat> a, std::span<const cv::Mat> b, const cv::Rect& box)
{
    const auto count = std::min(a.size(), b.size());
    double squares = 0;
    for (std::size_t i = 0; i < count; ++i)
        squares += std::pow(cv::norm(a[i](box), b[i](box), cv::NORM_L2), 2) / (3.0 * box.area());
    return 10 * std::log10(255.0 * 255.0 * static_cast<double>(count) / squares);
}

std::vector<double> speechEnvelope(std::span<const float> speech16k, std::size_t frames)
{
    std::vector<double> loudness(frames);
    for (std::size_t i = 0; i < frames; ++i) {
        double energy = 0;
        for (std::size_t j = i * kSamplesPerFrame; j < std::min((i + 1) * kSamplesPerFrame, speech16k.size()); ++j)
            energy += static_cast<double>(speech16k[j]) * speech16k[j];
        loudness[i] = std::sqrt(energy / kSamplesPerFrame);
    }
    std::vector<double> smooth(frames);
    for (std::size_t i = 0; i < frames; ++i)
        smooth[i] = 0.25 * loudness[i ? i - 1 : 0] + 0.5 * loudness[i] + 0.25 * loudness[std::min(i + 1, frames - 1)];
    return smooth;
}

} // namespace lipsync::test

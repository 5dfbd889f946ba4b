// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/preparation_pictures.h"

#include "base/file_system.h"
#include "media/video_reader.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <system_error>

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace lipsync::preparation {
namespace fs = std::filesystem;

namespace {

constexpr int kThumbnailSide = 256;
constexpr double kThumbnailRoom = 0.35; ///< around the square
constexpr int kStripCrops = 12;
constexpr int kStripSide = 96, kBar = 6, kTimeline = 18;
constexpr std::size_t kMostOfAKind = 4;

const cv::Scalar kGreen(80, 190, 60), kYellow(40, 200, 240), kRed(50, 50, 220), kWhite(255, 255, 255);

cv::Scalar colourOf(faces::FaceSource source)
{
    switch (source) {
    case faces::FaceSource::Detected:
        return kGreen;
    case faces::FaceSource::Tracked:
        return kYellow;
    case faces::FaceSource::Lost:
        break;
    }
    return kRed;
}

Result<cv::Mat> frameOf(media::VideoReader& reader, std::size_t frame)
{
    if (auto sought = reader.seekToFrame(static_cast<std::int64_t>(frame)); !sought)
        return failure(sought);
    auto picture = reader.next();
    if (!picture)
        return failure(picture);
    if (!*picture)
        return failure(ErrorCode::Internal, fmt::format("The clip has no frame {}.", frame));
    return std::move(**picture);
}

/// The higher, the better a face shows itself.
double showValue(const ClipFrame& frame)
{
    if (frame.face.source != faces::FaceSource::Detected)
        return -1e9;
    const double turn = std::abs(frame.pose.yaw) + std::abs(frame.pose.roll);
    return std::log1p(frame.quality.sharpness) - turn / 10.0 + frame.quality.mouthLikeness;
}

std::size_t bestFrame(const std::vector<ClipFrame>& frames)
{
    const auto best = std::max_element(frames.begin(), frames.end(),
                                       [](const auto& a, const auto& b) { return showValue(a) < showValue(b); });
    return static_cast<std::size_t>(best - frames.begin());
}

void draw(cv::Mat& picture, const ClipFrame& frame, const cv::Rect& square)
{
    const int thickness = std::max(1, picture.cols / 500);
    const auto colour = colourOf(frame.face.source);
    cv::rectangle(picture, square, kWhite, thickness);
    if (!frame.face.isFound())
        return;
    cv::rectangle(picture, cv::Rect(frame.face.box), colour, thickness);
    for (const auto& point : frame.face.landmarks)
        cv::circle(picture, cv::Point(point), thickness, colour, cv::FILLED);
}

/// The middle frame of each range, at most kMostOfAKind of them, evenly chosen.
void addFrames(std::map<std::size_t, std::string>& chosen, const std::vector<FrameRange>& ranges, const char* what)
{
    const std::size_t step = std::max<std::size_t>(1, (ranges.size() + kMostOfAKind - 1) / kMostOfAKind);
    for (std::size_t i = 0; i < ranges.size(); i += step)
        chosen.emplace((ranges[i].first + ranges[i].last) / 2, what);
}

} // namespace

Result<cv::Mat> makeThumbnail(const PictureSources& sources)
{
    auto reader = media::VideoReader::open(sources.clip);
    if (!reader)
        return failure(reader);
    const auto frame = bestFrame(sources.frames);
    const auto picture = frameOf(**reader, frame);
    if (!picture)
        return failure(picture);
    const auto& square = sources.crops.squares[frame];
    const int room = static_cast<int>(kThumbnailRoom * square.width);
    const int side = std::min({square.width + 2 * room, picture->cols, picture->rows});
    // Hair belongs to a face, and is above the square, which begins at the eyes.
    const cv::Rect wide(std::clamp(square.x + square.width / 2 - side / 2, 0, picture->cols - side),
                        std::clamp(square.y - room - room / 2, 0, picture->rows - side), side, side);
    cv::Mat thumbnail = (*picture)(wide).clone();
    if (side > kThumbnailSide)
        cv::resize((*picture)(wide), thumbnail, {kThumbnailSide, kThumbnailSide}, 0, 0, cv::INTER_AREA);
    return thumbnail;
}

Result<cv::Mat> makePreview(const PictureSources& sources)
{
    auto reader = media::VideoReader::open(sources.clip);
    if (!reader)
        return failure(reader);
    const auto count = sources.frames.size();
    const int crops = static_cast<int>(std::min<std::size_t>(kStripCrops, count));
    cv::Mat strip(kStripSide + kBar + kTimeline, kStripSide * kStripCrops, CV_8UC3, cv::Scalar(30, 30, 30));
    for (int i = 0; i < crops; ++i) {
        const std::size_t frame =
            crops > 1 ? (count - 1) * static_cast<std::size_t>(i) / static_cast<std::size_t>(crops - 1) : 0;
        const auto picture = frameOf(**reader, frame);
        if (!picture)
            return failure(picture);
        cv::resize((*picture)(sources.crops.squares[frame]), strip({i * kStripSide, 0, kStripSide, kStripSide}),
                   {kStripSide, kStripSide}, 0, 0, cv::INTER_AREA);
        strip({i * kStripSide, kStripSide, kStripSide, kBar}).setTo(colourOf(sources.frames[frame].face.source));
    }
    for (int x = 0; x < strip.cols; ++x) {
        // Of the frames a column stands for, the worst is shown.
        const auto first = count * static_cast<std::size_t>(x) / static_cast<std::size_t>(strip.cols);
        const auto end =
            std::max(first + 1, count * static_cast<std::size_t>(x + 1) / static_cast<std::size_t>(strip.cols));
        auto worst = faces::FaceSource::Detected;
        bool hasCut = false;
        for (std::size_t i = first; i < std::min(end, count); ++i) {
            worst = std::max(worst, sources.frames[i].face.source);
            hasCut = hasCut || sources.frames[i].face.isCut;
        }
        strip({x, kStripSide + kBar + 2, 1, kTimeline - 4}).setTo(hasCut ? kWhite : colourOf(worst));
    }
    return strip;
}

Status writeFaultyFrames(const PictureSources& sources, const fs::path& folder)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        return failure(ErrorCode::Resource, fmt::format("The folder {} could not be made.", folder.string()),
                       error.message());
    }
    std::map<std::size_t, std::string> chosen;
    const auto& report = sources.report;
    addFrames(chosen, report.lost, "lost");
    addFrames(chosen, report.mouthCovered, "covered");
    addFrames(chosen, report.tracked, "tracked");
    addFrames(chosen, report.turned, "turned");
    addFrames(chosen, report.blurred, "blurred");
    addFrames(chosen, report.cropPushed, "outside");
    for (std::size_t i = 0; i < std::min(kMostOfAKind, report.cuts.size()); ++i)
        chosen.emplace(report.cuts[i], "cut");
    chosen.emplace(bestFrame(sources.frames), "best");

    auto reader = media::VideoReader::open(sources.clip);
    if (!reader)
        return failure(reader);
    for (const auto& [frame, what] : chosen) {
        auto picture = frameOf(**reader, frame);
        if (!picture)
            return failure(picture);
        draw(*picture, sources.frames[frame], sources.crops.squares[frame]);
        std::vector<unsigned char> bytes;
        cv::imencode(".png", *picture, bytes);
        const auto file = folder / fmt::format("frame-{:05}-{}.png", frame, what);
        if (auto written = writeFile(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}); !written)
            return written;
    }
    return {};
}

} // namespace lipsync::preparation

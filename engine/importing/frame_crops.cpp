// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/frame_crops.h"

#include "base/file_system.h"
#include "importing/landmark_file.h"

#include <algorithm>
#include <optional>
#include <system_error>

namespace lipsync::importing {
namespace fs = std::filesystem;

namespace {

constexpr int kMovableShare = 20; // of a side: what the face moves by in the network's picture is not seen
constexpr std::size_t kMostStretches = 8;

/// Rectangles of a package: from one file, or one file a frame.
class PackageRectangles {
public:
    static Result<PackageRectangles> open(const fs::path& path)
    {
        PackageRectangles rectangles;
        rectangles.m_path = path;
        std::error_code ignored;
        if (path.empty() || fs::is_directory(path, ignored))
            return rectangles;
        const auto text = readFile(path, kMaxRectanglesBytes);
        if (!text)
            return failure(text);
        auto parsed = parseRectangles({text->data(), text->size()}, path.string());
        if (!parsed)
            return failure(parsed);
        rectangles.m_byFrame = std::move(*parsed);
        return rectangles;
    }

    /// Nothing when the package has none for the frame.
    Result<std::optional<avatar::CropRectangle>> of(int frame) const
    {
        if (m_path.empty())
            return std::optional<avatar::CropRectangle>();
        if (m_byFrame) {
            const auto found = m_byFrame->find(frame);
            return found == m_byFrame->end() ? std::optional<avatar::CropRectangle>() : std::optional(found->second);
        }
        std::error_code ignored;
        if (!fs::is_regular_file(m_path / fmt::format("{}.npy", frame), ignored))
            return std::optional<avatar::CropRectangle>();
        const auto bounds = readFaceBounds(m_path, frame);
        return bounds ? Result<std::optional<avatar::CropRectangle>>(*bounds) : failure(bounds);
    }

    bool areInOneFile() const { return m_byFrame.has_value(); }
    std::string name() const { return m_path.filename().string(); }

private:
    fs::path m_path;
    std::optional<FrameRectangles> m_byFrame;
};

bool hasLandmarks(const Source& source, int frame)
{
    std::error_code ignored;
    return !source.landmarks.empty() && fs::is_regular_file(source.landmarks / fmt::format("{}.lms", frame), ignored);
}

/// How far a rectangle reaches outside, in pixels.
int overhang(const avatar::CropRectangle& crop, cv::Size size)
{
    return std::max({0, -crop.x1, -crop.y1, crop.x2 - size.width, crop.y2 - size.height});
}

avatar::CropRectangle movedInside(const avatar::CropRectangle& crop, cv::Size size)
{
    const int right = std::max(0, -crop.x1) - std::max(0, crop.x2 - size.width);
    const int down = std::max(0, -crop.y1) - std::max(0, crop.y2 - size.height);
    return {crop.x1 + right, crop.y1 + down, crop.x2 + right, crop.y2 + down};
}

bool isUsable(const avatar::CropRectangle& crop, cv::Size size, bool mustBeSquare)
{
    const int side = std::min(crop.width(), crop.height());
    const bool fits =
        crop.width() <= size.width && crop.height() <= size.height && overhang(crop, size) * kMovableShare <= side;
    return side >= avatar::kMinCropSide && fits && (!mustBeSquare || crop.width() == crop.height());
}

/// The longest stretch of the range without any of these frames; nothing when fewer than two are left.
std::optional<FrameRange> longestWithout(FrameRange range, const std::vector<int>& frames)
{
    FrameRange best{range.first, range.first - 1};
    int from = range.first;
    const auto consider = [&](int to) {
        if (to - from + 1 > best.count())
            best = {from, to};
    };
    for (const int frame : frames) {
        consider(frame - 1);
        from = frame + 1;
    }
    consider(range.last);
    return best.count() >= 2 ? std::optional(best) : std::nullopt;
}

std::string adviceWithout(FrameRange range, const std::vector<int>& bad)
{
    const auto rest = longestWithout(range, bad);
    if (!rest)
        return "Prepare the source again.";
    return fmt::format("Import the longest stretch without them with --frames {}-{}, or prepare the source again.",
                       rest->first, rest->last);
}

} // namespace

std::string listFrames(const std::vector<int>& frames)
{
    std::vector<std::string> stretches;
    std::size_t listed = 0;
    for (std::size_t i = 0; i < frames.size() && stretches.size() < kMostStretches;) {
        std::size_t end = i + 1;
        while (end < frames.size() && frames[end] == frames[end - 1] + 1)
            ++end;
        stretches.push_back(end - i == 1 ? fmt::format("{}", frames[i])
                                         : fmt::format("{}–{}", frames[i], frames[end - 1]));
        listed += end - i;
        i = end;
    }
    if (listed < frames.size())
        stretches.push_back(fmt::format("{} more", frames.size() - listed));
    std::string text;
    for (std::size_t i = 0; i < stretches.size(); ++i)
        text += (i == 0 ? "" : i + 1 == stretches.size() ? " and " : ", ") + stretches[i];
    return text;
}

Result<std::vector<avatar::CropRectangle>> readCrops(const Source& source, FrameRange range,
                                                     std::vector<std::string>& warnings, const std::stop_token& stop)
{
    const auto rectangles = PackageRectangles::open(source.rectangles);
    if (!rectangles)
        return failure(rectangles);
    std::vector<avatar::CropRectangle> crops;
    std::vector<int> missing;
    std::vector<int> different;
    for (int frame = range.first; frame <= range.last; ++frame) {
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        const bool fromLandmarks = hasLandmarks(source, frame);
        // Thousands of small files need not be read for a comparison.
        auto packaged = fromLandmarks && !rectangles->areInOneFile() ? std::optional<avatar::CropRectangle>()
                                                                     : rectangles->of(frame);
        if (!packaged)
            return failure(packaged);
        if (fromLandmarks) {
            const auto crop = readLandmarkCrop(source.landmarks, frame);
            if (!crop)
                return failure(crop);
            if (*packaged && **packaged != *crop)
                different.push_back(frame);
            crops.push_back(*crop);
        } else if (*packaged) {
            crops.push_back(**packaged);
        } else {
            missing.push_back(frame);
        }
    }
    if (!missing.empty())
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{}: nothing says where the face is in frame(s) {} of {}–{}. {}",
                                   source.root.string(), listFrames(missing), range.first, range.last,
                                   adviceWithout(range, missing)));
    if (!different.empty())
        warnings.push_back(fmt::format("{} does not agree with the landmarks in frame(s) {}; the landmarks are used.",
                                       rectangles->name(), listFrames(different)));
    return crops;
}

Status fitCrops(std::vector<avatar::CropRectangle>& crops, FrameRange range, cv::Size size, bool mustBeSquare,
                std::vector<std::string>& warnings)
{
    std::vector<int> bad;
    std::vector<int> moved;
    for (std::size_t i = 0; i < crops.size(); ++i) {
        const int frame = range.first + static_cast<int>(i);
        if (!isUsable(crops[i], size, mustBeSquare)) {
            bad.push_back(frame);
        } else if (overhang(crops[i], size) > 0) {
            crops[i] = movedInside(crops[i], size);
            moved.push_back(frame);
        }
    }
    if (!bad.empty()) {
        const auto& first = crops[static_cast<std::size_t>(bad.front() - range.first)];
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The face's {} of frame(s) {} cannot be used: it reaches outside of the {} × {} "
                                   "picture, is smaller than {} pixels{} (frame {}: [{}, {}, {}, {}]). {}",
                                   mustBeSquare ? "square" : "rectangle", listFrames(bad), size.width, size.height,
                                   avatar::kMinCropSide, mustBeSquare ? " or is no square" : "", bad.front(), first.x1,
                                   first.y1, first.x2, first.y2, adviceWithout(range, bad)));
    }
    if (!moved.empty())
        warnings.push_back(
            fmt::format("The face reaches a little outside of the picture in frame(s) {}; its square was "
                        "moved in there.",
                        listFrames(moved)));
    return {};
}

} // namespace lipsync::importing

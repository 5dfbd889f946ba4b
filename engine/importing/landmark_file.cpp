// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/landmark_file.h"

#include "avatar/avatar_manifest.h"
#include "base/file_system.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace lipsync::importing {

namespace {

constexpr std::size_t kLeft = 1, kTop = 52, kRight = 31; // the points that make the square
// Twice the largest frame keeps every sum and difference inside an int.
constexpr float kFarthest = 2.0F * avatar::kMaxFrameSide;

std::string_view withoutSpaces(std::string_view text)
{
    constexpr std::string_view kSpaces = " \t\r";
    const auto first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// Takes a number off the front of `rest`.
std::optional<float> takeNumber(std::string_view& rest)
{
    rest = withoutSpaces(rest);
    float value = 0.0F;
    const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (problem != std::errc() || !std::isfinite(value) || std::abs(value) > kFarthest)
        return {};
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return value;
}

std::optional<cv::Point2f> parsePoint(std::string_view line)
{
    const auto x = takeNumber(line);
    if (!x || line.empty() || (line.front() != ' ' && line.front() != '\t'))
        return {};
    const auto y = takeNumber(line);
    if (!y || !line.empty())
        return {};
    return cv::Point2f(*x, *y);
}

} // namespace

Result<std::vector<cv::Point2f>> parseLandmarks(std::string_view text, const std::string& name)
{
    std::vector<cv::Point2f> points;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = withoutSpaces(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty())
            continue;
        const auto point = parsePoint(line);
        if (!point || points.size() == kLandmarkCount) {
            return failure(
                ErrorCode::InvalidInput,
                point ? fmt::format("{} has more than {} landmarks.", name, kLandmarkCount)
                      : fmt::format("{}: line {} is no pair of pixel coordinates \"x y\".", name, points.size() + 1));
        }
        points.push_back(*point);
    }
    if (points.size() != kLandmarkCount) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} has {} landmark(s) instead of {}; they are of another kind or the file is cut off.", name,
                        points.size(), kLandmarkCount));
    }
    return points;
}

avatar::CropRectangle cropOf(const std::vector<cv::Point2f>& landmarks)
{
    const int left = static_cast<int>(landmarks[kLeft].x);
    const int top = static_cast<int>(landmarks[kTop].y);
    const int right = static_cast<int>(landmarks[kRight].x);
    return {left, top, right, top + (right - left)};
}

Result<avatar::CropRectangle> readLandmarkCrop(const std::filesystem::path& folder, int frame)
{
    const auto file = folder / fmt::format("{}.lms", frame);
    const auto bytes = readFile(file, kMaxLandmarkBytes);
    if (!bytes)
        return failure(bytes);
    const auto points = parseLandmarks({bytes->data(), bytes->size()}, file.string());
    if (!points)
        return failure(points);
    return cropOf(*points);
}

} // namespace lipsync::importing

// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/package_files.h"

#include "avatar/avatar_manifest.h"
#include "avatar/json_object.h"
#include "base/npy.h"

#include <array>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

namespace lipsync::importing {

namespace {

constexpr int kMaxDepth = 16;
constexpr std::size_t kLongestName = 200;
constexpr double kFarthest = 2.0 * avatar::kMaxFrameSide; // keeps every sum and difference inside an int
constexpr double kHighestRate = 240.0;
constexpr std::size_t kFewestBounds = 4, kMostBounds = 6;
constexpr std::size_t kMaxBoundsBytes = 4096;

/// A member of an object, or nothing.
const nlohmann::json* member(const nlohmann::json* object, const char* key)
{
    if (object == nullptr || !object->is_object())
        return nullptr;
    const auto found = object->find(key);
    return found == object->end() || found->is_null() ? nullptr : &*found;
}

tl::unexpected<Error> unusable(const std::string& name, const char* key, const char* what)
{
    return failure(ErrorCode::InvalidInput, fmt::format("{}: {} is not {}.", name, key, what));
}

bool isPlainFileName(const std::string& text)
{
    return !text.empty() && text.size() <= kLongestName &&
        text.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos && text != "." && text != "..";
}

std::optional<int> pixel(const nlohmann::json& value)
{
    if (!value.is_number())
        return {};
    const double number = value.get<double>();
    if (!(std::abs(number) <= kFarthest) || number != std::trunc(number))
        return {};
    return static_cast<int>(number);
}

std::optional<avatar::CropRectangle> rectangle(const nlohmann::json& value)
{
    if (!value.is_array() || value.size() != 4)
        return {};
    std::array<int, 4> corners{};
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const auto corner = pixel(value[i]);
        if (!corner)
            return {};
        corners[i] = *corner;
    }
    return avatar::CropRectangle{corners[0], corners[1], corners[2], corners[3]};
}

std::optional<int> frameNumber(const std::string& key)
{
    int number = -1;
    const auto [end, problem] = std::from_chars(key.data(), key.data() + key.size(), number);
    const bool isNumber = problem == std::errc() && end == key.data() + key.size();
    return isNumber && number >= 0 && number < avatar::kMaxFrameCount ? std::optional(number) : std::nullopt;
}

Status readFrameCount(const nlohmann::json* value, const char* key, const std::string& name, PackageInfo& info)
{
    if (value == nullptr)
        return {};
    const auto number = avatar::wholeNumber(*value);
    if (!number || *number < 1 || *number > avatar::kMaxFrameCount)
        return unusable(name, key, "a number of frames");
    info.frameCount = static_cast<int>(*number);
    return {};
}

Status readRate(const nlohmann::json* value, const char* key, const std::string& name, PackageInfo& info)
{
    if (value == nullptr)
        return {};
    const double rate = value->is_number() ? value->get<double>() : 0.0;
    if (!(rate >= 1.0 && rate <= kHighestRate))
        return unusable(name, key, "a frame rate");
    info.frameRate = rate;
    return {};
}

Status readVideos(const nlohmann::json& root, const std::string& name, PackageInfo& info)
{
    const auto* full = member(member(&root, "videos"), "full_body_img");
    if (auto read = readFrameCount(member(full, "frame_count"), "videos.full_body_img.frame_count", name, info); !read)
        return read;
    if (auto read = readRate(member(full, "fps"), "videos.full_body_img.fps", name, info); !read)
        return read;
    if (const auto* file = member(full, "video_file")) {
        if (!file->is_string() || !isPlainFileName(file->get<std::string>()))
            return unusable(name, "videos.full_body_img.video_file", "the name of a file beside it");
        info.videoFile = file->get<std::string>();
    }
    const auto* older = member(&root, "source_video");
    if (auto read = readFrameCount(member(older, "processed_frames"), "source_video.processed_frames", name, info);
        !read)
        return read;
    return readRate(member(older, "fps"), "source_video.fps", name, info);
}

} // namespace

Result<PackageInfo> parsePackageInfo(std::string_view json, const std::string& name)
{
    const auto root = avatar::parseJson(json, name, kMaxInfoBytes, kMaxDepth);
    if (!root)
        return failure(root);
    if (!root->is_object())
        return failure(ErrorCode::InvalidInput, fmt::format("{} does not hold a JSON object.", name));
    PackageInfo info;
    if (const auto* title = member(&*root, "dataset_name")) {
        if (!title->is_string() || title->get<std::string>().size() > kLongestName)
            return unusable(name, "dataset_name", "a short text");
        info.name = title->get<std::string>();
    }
    if (auto read = readVideos(*root, name, info); !read)
        return failure(read);
    if (const auto* mode = member(member(&*root, "onnx"), "asr_mode"); mode != nullptr && mode->is_string())
        info.mode = nn::parseAudioMode(mode->get<std::string>());
    return info;
}

Result<FrameRectangles> parseRectangles(std::string_view json, const std::string& name)
{
    const auto root = avatar::parseJson(json, name, kMaxRectanglesBytes, kMaxDepth);
    if (!root)
        return failure(root);
    if (!root->is_array() && !root->is_object())
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} holds neither a list nor an object of rectangles.", name));
    if (root->size() > static_cast<std::size_t>(avatar::kMaxFrameCount))
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} holds {} rectangles; at most {} are allowed.", name, root->size(), avatar::kMaxFrameCount));
    FrameRectangles rectangles;
    int position = 0;
    for (const auto& [key, value] : root->items()) {
        const auto frame = root->is_array() ? std::optional(position++) : frameNumber(key);
        const auto* corners = root->is_array() ? &value : member(&value, "rect");
        const auto found = corners != nullptr ? rectangle(*corners) : std::nullopt;
        if (!frame || !found)
            return failure(
                ErrorCode::InvalidInput,
                fmt::format("{}: entry {} must be a frame with four whole numbers [x1, y1, x2, y2] in pixels.", name,
                            key.substr(0, kLongestName)));
        rectangles[*frame] = *found;
    }
    return rectangles;
}

Result<avatar::CropRectangle> readFaceBounds(const std::filesystem::path& folder, int frame)
{
    const auto file = folder / fmt::format("{}.npy", frame);
    std::error_code ignored;
    if (std::filesystem::is_regular_file(file, ignored) && std::filesystem::file_size(file, ignored) > kMaxBoundsBytes)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is too large for the bounds of a face.", file.string()));
    const auto array = readNpy(file);
    if (!array)
        return failure(array);
    const auto& values = array->values;
    bool isUsable = values.size() >= kFewestBounds && values.size() <= kMostBounds;
    for (std::size_t i = 0; isUsable && i < kFewestBounds; ++i)
        isUsable = std::abs(values[i]) <= kFarthest; // false for what is no number
    if (!isUsable)
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} is no face's bounds: xmin, ymin, xmax, ymax and the width in pixels.", file.string()));
    return avatar::CropRectangle{static_cast<int>(values[0]), static_cast<int>(values[1]), static_cast<int>(values[2]),
                                 static_cast<int>(values[3])};
}

} // namespace lipsync::importing

// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/crop_rectangle.h"

#include "avatar/avatar_manifest.h"
#include "avatar/json_object.h"

#include <array>
#include <optional>

namespace lipsync::avatar {

namespace {

constexpr int kMaxDepth = 2;

std::optional<CropRectangle> readRectangle(const nlohmann::json& entry)
{
    if (!entry.is_array() || entry.size() != 4)
        return {};
    std::array<int, 4> corners{};
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const auto value = wholeNumber(entry[i]);
        // Twice the largest frame keeps every later sum and difference inside an int.
        if (!value || *value < -2 * kMaxFrameSide || *value > 2 * kMaxFrameSide)
            return {};
        corners[i] = static_cast<int>(*value);
    }
    return CropRectangle{corners[0], corners[1], corners[2], corners[3]};
}

} // namespace

Result<std::vector<CropRectangle>> parseCrops(std::string_view json)
{
    const auto parsed = parseJson(json, kCropsFile, kMaxCropsBytes, kMaxDepth);
    if (!parsed)
        return failure(parsed);
    if (!parsed->is_array())
        return failure(ErrorCode::InvalidInput, fmt::format("{} does not hold an array of rectangles.", kCropsFile));
    if (parsed->size() > static_cast<std::size_t>(kMaxFrameCount)) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} holds {} rectangles; at most {} are allowed.", kCropsFile, parsed->size(), kMaxFrameCount));
    }
    std::vector<CropRectangle> crops;
    crops.reserve(parsed->size());
    for (const auto& entry : *parsed) {
        const auto crop = readRectangle(entry);
        if (!crop) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{}: entry {} must be four whole numbers [x1, y1, x2, y2] in pixels.",
                                       kCropsFile, crops.size()));
        }
        crops.push_back(*crop);
    }
    return crops;
}

std::string toJson(const std::vector<CropRectangle>& crops)
{
    std::string text = "[";
    for (std::size_t i = 0; i < crops.size(); ++i) {
        const auto& crop = crops[i];
        text += fmt::format("{}\n  [{}, {}, {}, {}]", i == 0 ? "" : ",", crop.x1, crop.y1, crop.x2, crop.y2);
    }
    return text + "\n]\n";
}

Status checkCrop(const CropRectangle& crop, int index, int frameWidth, int frameHeight, bool mustBeSquare)
{
    const auto bad = [&](std::string_view why) -> Status {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{}: rectangle {} [{}, {}, {}, {}] {}.", kCropsFile, index, crop.x1, crop.y1,
                                   crop.x2, crop.y2, why));
    };
    if (mustBeSquare && crop.width() != crop.height())
        return bad("is not square");
    if (crop.width() < kMinCropSide || crop.height() < kMinCropSide)
        return bad(fmt::format("is smaller than {} × {} pixels", kMinCropSide, kMinCropSide));
    if (crop.x1 < 0 || crop.y1 < 0 || crop.x2 > frameWidth || crop.y2 > frameHeight)
        return bad(fmt::format("reaches outside of the {} × {} frame", frameWidth, frameHeight));
    return {};
}

} // namespace lipsync::avatar

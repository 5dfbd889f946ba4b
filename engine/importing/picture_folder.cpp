// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/picture_folder.h"

#include "avatar/avatar_manifest.h"
#include "base/file_system.h"

#include <system_error>
#include <vector>

#include <opencv2/imgcodecs.hpp>

namespace lipsync::importing {
namespace fs = std::filesystem;

namespace {

constexpr unsigned char kMarker = 0xFF, kStartOfImage = 0xD8, kStartOfScan = 0xDA, kFirstFrame = 0xC0,
                        kLastFrame = 0xCF;

fs::path pictureFile(const fs::path& folder, int frame)
{
    return folder / fmt::format("{}.jpg", frame);
}

/// C4, C8 and CC lie among the frame headers and are none.
bool isFrameHeader(unsigned char marker)
{
    return marker >= kFirstFrame && marker <= kLastFrame && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

} // namespace

int countPictures(const fs::path& folder)
{
    std::error_code ignored;
    int count = 0;
    while (count <= avatar::kMaxFrameCount && fs::is_regular_file(pictureFile(folder, count), ignored))
        ++count;
    return count;
}

std::optional<cv::Size> jpegSize(std::span<const char> bytes)
{
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() < 4 || at(0) != kMarker || at(1) != kStartOfImage)
        return {};
    std::size_t position = 2;
    while (position + 9 <= bytes.size() && at(position) == kMarker) {
        const unsigned char marker = at(position + 1);
        if (marker == kMarker) { // filler
            ++position;
            continue;
        }
        if (marker == kStartOfScan)
            return {};
        if (isFrameHeader(marker))
            return cv::Size(at(position + 7) << 8 | at(position + 8), at(position + 5) << 8 | at(position + 6));
        position += 2 + (static_cast<std::size_t>(at(position + 2)) << 8 | at(position + 3));
    }
    return {};
}

Result<cv::Mat> readPicture(const fs::path& folder, int frame)
{
    const auto file = pictureFile(folder, frame);
    const auto bytes = readFile(file, kMaxPictureBytes);
    if (!bytes)
        return failure(bytes);
    // Before decoding: what a few bytes claim to be could need gigabytes.
    const auto size = jpegSize(*bytes);
    if (!size || size->width < 1 || size->height < 1)
        return failure(ErrorCode::InvalidInput, fmt::format("{} is no JPEG picture. Copy it again.", file.string()));
    if (size->width > avatar::kMaxFrameSide || size->height > avatar::kMaxFrameSide)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is {} × {} pixels; at most {} on a side are read.", file.string(), size->width,
                                   size->height, avatar::kMaxFrameSide));
    try {
        cv::Mat picture = cv::imdecode(*bytes, cv::IMREAD_COLOR);
        if (!picture.empty())
            return picture;
    } catch (const cv::Exception& problem) {
        return failure(ErrorCode::InvalidInput, fmt::format("{} is damaged. Copy it again.", file.string()),
                       problem.what());
    }
    return failure(ErrorCode::InvalidInput, fmt::format("{} is damaged. Copy it again.", file.string()));
}

} // namespace lipsync::importing

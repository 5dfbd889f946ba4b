// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: bytes from outside as everything that an import reads itself: .lms, crop_rects.json,
// cache/crop_rectangles.json, package_info.json, a JPEG's header and names inside of an archive.
#include "importing/archive.h"
#include "importing/landmark_file.h"
#include "importing/package_files.h"
#include "importing/picture_folder.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace lipsync::importing;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto points = parseLandmarks(text, "0.lms")) {
        const auto crop = cropOf(*points);
        if (points->size() != kLandmarkCount || crop.width() != crop.height())
            std::abort();
    }
    if (const auto rectangles = parseRectangles(text, "crop_rects.json")) {
        for (const auto& [frame, crop] : *rectangles)
            if (frame < 0 || std::abs(crop.x1) > 1 << 15 || std::abs(crop.y2) > 1 << 15)
                std::abort();
    }
    // A name that was let through must lie inside of the folder, whatever it is joined to.
    if (isInnerPath(text)) {
        const auto path = (std::filesystem::path("/in") / text).lexically_normal().string();
        if (!path.starts_with("/in"))
            std::abort();
    }
    if (const auto info = parsePackageInfo(text, "package_info.json"); info && !info->videoFile.empty()) {
        if (std::filesystem::path(info->videoFile).has_parent_path())
            std::abort();
    }
    (void)jpegSize({reinterpret_cast<const char*>(data), size});
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/face_boxes.h"

#include <algorithm>

namespace lipsync::importing {

namespace {

constexpr std::size_t kSmoothed = 5; // boxes a mean is taken over

} // namespace

std::vector<avatar::CropRectangle> fixedFace(cv::Rect face, int frames)
{
    const avatar::CropRectangle box{face.x, face.y, face.x + face.width, face.y + face.height};
    return std::vector<avatar::CropRectangle>(static_cast<std::size_t>(frames), box);
}

void smoothBoxes(std::vector<avatar::CropRectangle>& boxes)
{
    const std::size_t window = std::min(kSmoothed, boxes.size());
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        const std::size_t first = std::min(i, boxes.size() - window);
        double x1 = 0.0, y1 = 0.0, x2 = 0.0, y2 = 0.0;
        for (std::size_t j = first; j < first + window; ++j) {
            x1 += boxes[j].x1;
            y1 += boxes[j].y1;
            x2 += boxes[j].x2;
            y2 += boxes[j].y2;
        }
        const auto count = static_cast<double>(window);
        // NumPy's assignment of means to whole numbers cuts them.
        boxes[i] = {static_cast<int>(x1 / count), static_cast<int>(y1 / count), static_cast<int>(x2 / count),
                    static_cast<int>(y2 / count)};
    }
}

avatar::CropRectangle paddedBox(cv::Rect face, const std::array<int, 4>& pads, cv::Size picture)
{
    const auto [top, bottom, left, right] = pads;
    return {std::max(0, face.x - left), std::max(0, face.y - top), std::min(picture.width, face.x + face.width + right),
            std::min(picture.height, face.y + face.height + bottom)};
}

} // namespace lipsync::importing

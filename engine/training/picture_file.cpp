// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/picture_file.h"

#include "base/file_system.h"

#include <vector>

#include <opencv2/imgcodecs.hpp>

namespace lipsync::training {

Status writePicture(const std::filesystem::path& file, const cv::Mat& bgr)
{
    std::vector<unsigned char> bytes;
    try {
        cv::imencode(".png", bgr, bytes);
    } catch (const cv::Exception& problem) {
        return failure(ErrorCode::Internal, fmt::format("The picture {} could not be made.", file.string()),
                       problem.what());
    }
    return writeFile(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

} // namespace lipsync::training

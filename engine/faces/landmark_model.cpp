// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/landmark_model.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <new>
#include <system_error>
#include <utility>

#include <dlib/image_processing/shape_predictor.h>
#include <dlib/opencv/cv_image.h>
#include <opencv2/imgproc.hpp>

namespace lipsync::faces {
namespace fs = std::filesystem;

namespace {

constexpr int kModelVersion = 1; ///< of dlib's shape_predictor, first in its files

constexpr double kFittedSide = 250.0; ///< pixels of the box in the picture that the model sees
constexpr double kMostEnlarged = 4.0;
constexpr double kLeastScale = 0.25;
constexpr double kRoom = 0.4; ///< around the box, as a part of it, for points to lie in
constexpr std::uintmax_t kLargestModel = std::uintmax_t{512} << 20; ///< bytes; the known one has 100 million

tl::unexpected<Error> noModel(const fs::path& file)
{
    return failure(ErrorCode::InvalidInput,
                   fmt::format("There are no face landmarks in '{}': install the Debian package libdlib-data, or name "
                               "a shape_predictor_68_face_landmarks.dat with --landmarks.",
                               file.string()));
}

tl::unexpected<Error> notAModel(const fs::path& file, std::string cause)
{
    return failure(ErrorCode::InvalidInput,
                   fmt::format("'{}' is no model of 68 face landmarks for dlib; take "
                               "shape_predictor_68_face_landmarks.dat of the Debian package libdlib-data.",
                               file.string()),
                   std::move(cause));
}

fs::path chosenModel(const fs::path& file)
{
    return file.empty() ? fs::path(LIPSYNC_LANDMARK_DATA) : file;
}

} // namespace

class LandmarkModel::Impl {
public:
    dlib::shape_predictor predictor;
};

LandmarkModel::LandmarkModel(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
LandmarkModel::~LandmarkModel() = default;

Status LandmarkModel::check(const fs::path& file)
{
    const auto chosen = chosenModel(file);
    std::error_code error;
    if (chosen.empty() || !fs::is_regular_file(chosen, error))
        return noModel(chosen);
    if (fs::file_size(chosen, error) > kLargestModel || error)
        return notAModel(chosen, {});
    try {
        std::ifstream stream(chosen, std::ios::binary);
        int version = 0;
        dlib::deserialize(version, stream);
        if (version != kModelVersion)
            return notAModel(chosen, fmt::format("its version is {}", version));
    } catch (const std::exception& problem) {
        return notAModel(chosen, problem.what());
    }
    return {};
}

Result<std::shared_ptr<const LandmarkModel>> LandmarkModel::load(const fs::path& file)
{
    if (auto checked = check(file); !checked)
        return failure(checked);
    const auto chosen = chosenModel(file);
    auto impl = std::make_unique<Impl>();
    try {
        std::ifstream stream(chosen, std::ios::binary);
        dlib::deserialize(impl->predictor, stream);
    } catch (const std::bad_alloc&) {
        return notAModel(chosen, "a size in it is absurd");
    } catch (const std::exception& problem) {
        return notAModel(chosen, problem.what());
    }
    if (impl->predictor.num_parts() != kLandmarkCount)
        return notAModel(chosen, fmt::format("it has {} points", impl->predictor.num_parts()));
    return std::shared_ptr<const LandmarkModel>(new LandmarkModel(std::move(impl)));
}

Landmarks68 LandmarkModel::fit(const cv::Mat& grey, const cv::Rect2f& box, double roll) const
{
    // dlib gives whole pixels, and knows upright heads: it sees the box enlarged and turned.
    const double side = std::max(1.0F, box.width);
    const double scale = std::clamp(kFittedSide / side, kLeastScale, kMostEnlarged);
    const int seenSide = static_cast<int>(std::lround(side * (1 + 2 * kRoom) * scale));
    const cv::Point2d centre(box.x + box.width / 2.0, box.y + box.height / 2.0);
    const double half = (seenSide - 1) / 2.0;
    Similarity toFrame{std::cos(roll) / scale, std::sin(roll) / scale, {}};
    toFrame.shift = {centre.x - (toFrame.a - toFrame.b) * half, centre.y - (toFrame.b + toFrame.a) * half};
    const cv::Matx23d map(toFrame.a, -toFrame.b, toFrame.shift.x, toFrame.b, toFrame.a, toFrame.shift.y);
    cv::Mat seen;
    cv::warpAffine(grey, seen, map, {seenSide, seenSide}, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
    const auto start = std::lround(side * kRoom * scale), length = std::lround(side * scale);
    const dlib::rectangle place(start, start, start + length - 1, start + length - 1);
    const auto shape = m_impl->predictor(dlib::cv_image<unsigned char>(seen), place);
    Landmarks68 landmarks;
    for (std::size_t i = 0; i < kLandmarkCount; ++i) {
        const auto& part = shape.part(i);
        landmarks[i] = toFrame(cv::Point2f(static_cast<float>(part.x()), static_cast<float>(part.y())));
    }
    return landmarks;
}

} // namespace lipsync::faces

// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/face_detector.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <dlib/image_processing/correlation_tracker.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/opencv/cv_image.h>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

namespace lipsync::faces {

namespace {

constexpr double kProfileScaleStep = 1.15; ///< between the sizes at which the cascade looks
constexpr int kProfileNeighbours = 4; ///< hits that must lie together
constexpr int kSmallestProfile = 40; ///< pixels

/// `region` of `grey` at `scale`; the picture itself when nothing is to be done.
cv::Mat view(const cv::Mat& grey, const cv::Rect& region, double scale)
{
    cv::Mat seen = grey(region);
    if (scale == 1.0)
        return seen;
    cv::Mat scaled;
    const cv::Size size(std::max(1, static_cast<int>(std::lround(region.width * scale))),
                        std::max(1, static_cast<int>(std::lround(region.height * scale))));
    cv::resize(seen, scaled, size, 0, 0, scale < 1.0 ? cv::INTER_AREA : cv::INTER_LINEAR);
    return scaled;
}

cv::Rect2f backToFrame(const cv::Rect2f& box, const cv::Rect& region, double scale)
{
    const auto factor = static_cast<float>(1.0 / scale);
    return {static_cast<float>(region.x) + box.x * factor, static_cast<float>(region.y) + box.y * factor,
            box.width * factor, box.height * factor};
}

void sortBySize(std::vector<DetectedFace>& faces)
{
    std::stable_sort(faces.begin(), faces.end(),
                     [](const auto& a, const auto& b) { return a.box.area() > b.box.area(); });
}

dlib::drectangle toDlib(const cv::Rect2f& box)
{
    return {box.x, box.y, box.x + box.width, box.y + box.height};
}

} // namespace

class FrontalDetector::Impl {
public:
    dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
};

FrontalDetector::FrontalDetector()
    : m_impl(std::make_unique<Impl>())
{
}
FrontalDetector::~FrontalDetector() = default;

std::vector<DetectedFace> FrontalDetector::detect(const cv::Mat& grey, const cv::Rect& region, double scale)
{
    std::vector<DetectedFace> faces;
    if (region.empty())
        return faces;
    const cv::Mat seen = view(grey, region, scale);
    std::vector<dlib::rect_detection> found;
    m_impl->detector(dlib::cv_image<unsigned char>(seen), found, 0.0);
    for (const auto& face : found) {
        const cv::Rect2f box(static_cast<float>(face.rect.left()), static_cast<float>(face.rect.top()),
                             static_cast<float>(face.rect.width()), static_cast<float>(face.rect.height()));
        faces.push_back({backToFrame(box, region, scale), face.detection_confidence});
    }
    sortBySize(faces);
    return faces;
}

class ProfileDetector::Impl {
public:
    cv::CascadeClassifier cascade;
};

ProfileDetector::ProfileDetector()
    : m_impl(std::make_unique<Impl>())
{
    std::error_code ignored;
    if (std::filesystem::is_regular_file(LIPSYNC_PROFILE_CASCADE, ignored)) {
        try {
            m_impl->cascade.load(LIPSYNC_PROFILE_CASCADE);
        } catch (const cv::Exception&) {
            m_impl->cascade = {}; // as if it were absent
        }
    }
}
ProfileDetector::~ProfileDetector() = default;

bool ProfileDetector::isAvailable() const
{
    return !m_impl->cascade.empty();
}

std::vector<DetectedFace> ProfileDetector::detect(const cv::Mat& grey, const cv::Rect& region, double scale)
{
    std::vector<DetectedFace> faces;
    if (!isAvailable() || region.empty())
        return faces;
    const cv::Mat seen = view(grey, region, scale);
    cv::Mat mirrored;
    cv::flip(seen, mirrored, 1);
    for (const bool isMirrored : {false, true}) { // the cascade knows one side
        std::vector<cv::Rect> found;
        m_impl->cascade.detectMultiScale(isMirrored ? mirrored : seen, found, kProfileScaleStep, kProfileNeighbours, 0,
                                         {kSmallestProfile, kSmallestProfile});
        for (const auto& face : found) {
            cv::Rect2f box(face);
            if (isMirrored)
                box.x = static_cast<float>(seen.cols) - box.x - box.width;
            faces.push_back({backToFrame(box, region, scale), 0.0});
        }
    }
    sortBySize(faces);
    return faces;
}

class BoxTracker::Impl {
public:
    dlib::correlation_tracker tracker;
};

BoxTracker::BoxTracker(const cv::Mat& grey, const cv::Rect2f& box)
    : m_impl(std::make_unique<Impl>())
{
    m_impl->tracker.start_track(dlib::cv_image<unsigned char>(grey), toDlib(box));
}
BoxTracker::~BoxTracker() = default;

BoxTracker::Place BoxTracker::update(const cv::Mat& grey)
{
    const double peak = m_impl->tracker.update(dlib::cv_image<unsigned char>(grey));
    const auto place = m_impl->tracker.get_position();
    return {cv::Rect2f(static_cast<float>(place.left()), static_cast<float>(place.top()),
                       static_cast<float>(place.width()), static_cast<float>(place.height())),
            peak};
}

} // namespace lipsync::faces

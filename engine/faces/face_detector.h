// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The detectors behind FaceTracker. Internal to the room.

#include "base/error.h"
#include "faces/face_landmarks.h"

#include <memory>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace lipsync::faces {

/// A place that looks like a face.
struct DetectedFace {
    cv::Rect2f box; ///< brows to chin
    double score = 0.0; ///< of dlib's detector: above 0, of clear faces above 1
};

/// dlib's frontal face detector (HOG and a linear classifier in five poses, Dalal and Triggs 2005). One thread at a time.
class FrontalDetector {
public:
    FrontalDetector();
    ~FrontalDetector();

    /// Faces inside of `region` of `grey`, which is seen `scale` times as large, largest first. The detector finds
    /// faces of 80 pixels and more; time goes with the scaled area (7 ms for 360×288).
    std::vector<DetectedFace> detect(const cv::Mat& grey, const cv::Rect& region, double scale);

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

/// OpenCV's Haar cascade of faces seen from the side, either side. One thread at a time.
class ProfileDetector {
public:
    ProfileDetector();
    ~ProfileDetector();

    /// Whether the system has the cascade (Debian: package opencv-data); without it detect() finds nothing.
    bool isAvailable() const;
    std::vector<DetectedFace> detect(const cv::Mat& grey, const cv::Rect& region, double scale);

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

/// dlib's correlation tracker (Danelljan et al. 2014): follows what a box holds, and tells how sure it is.
class BoxTracker {
public:
    BoxTracker(const cv::Mat& grey, const cv::Rect2f& box);
    ~BoxTracker();

    struct Place {
        cv::Rect2f box;
        double peak = 0.0; ///< height of the correlation peak over its surroundings: above 7 when it is certain
    };
    Place update(const cv::Mat& grey);

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::faces

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "faces/face_landmarks.h"

#include <filesystem>
#include <memory>

#include <opencv2/core/mat.hpp>

namespace lipsync::faces {

/// dlib's 68-point shape predictor (ensemble of regression trees, Kazemi and Sullivan 2014). Immutable; any thread.
class LandmarkModel {
public:
    /// Whether `file`, or when empty the system's, is there and begins like such a model: what load() would find out
    /// at once. InvalidInput when not.
    static Status check(const std::filesystem::path& file = {});

    /// Reads `file`, or when empty the system's; 100 MB, about 0.6 s. InvalidInput when missing or no such model.
    static Result<std::shared_ptr<const LandmarkModel>> load(const std::filesystem::path& file = {});

    ~LandmarkModel();
    LandmarkModel(const LandmarkModel&) = delete;
    LandmarkModel& operator=(const LandmarkModel&) = delete;

    /// The points of the face in `box`, in pixels of `grey` (bytes), the head being tilted clockwise by about `roll`
    /// radians. Always gives points: whether there is a face the caller must know. About 5 ms.
    Landmarks68 fit(const cv::Mat& grey, const cv::Rect2f& box, double roll = 0.0) const;

private:
    class Impl;
    explicit LandmarkModel(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::faces

// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/face_landmarks.h"

#include "faces/face_tracker.h"
#include "faces/landmark_model.h"

namespace lipsync::scoring {

Result<LandmarkFinders> trackedLandmarks()
{
    auto model = faces::LandmarkModel::load();
    if (!model)
        return failure(model);
    return LandmarkFinders([model = *model](std::optional<cv::Rect> face) -> Result<LandmarkFinder> {
        faces::FaceTrackerOptions options;
        options.model = model;
        if (face)
            options.box = cv::Rect2f(*face);
        auto created = faces::FaceTracker::create(options);
        if (!created)
            return failure(created);
        // A std::function is copied, a tracker is not.
        const std::shared_ptr<faces::FaceTracker> tracker = std::move(*created);
        return LandmarkFinder([tracker](const cv::Mat& picture) -> Result<std::optional<Landmarks>> {
            const auto seen = tracker->next(picture);
            if (!seen)
                return failure(seen);
            return seen->isFound() ? std::optional<Landmarks>(seen->landmarks) : std::nullopt;
        });
    });
}

} // namespace lipsync::scoring

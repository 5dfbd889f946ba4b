// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "scoring/landmark_finder.h"
#include "scoring/picture_jitter.h"
#include "scoring/picture_metrics.h"
#include "scoring/score_report.h"
#include "scoring/sync_face.h"
#include "scoring/sync_meter.h"

#include <memory>
#include <optional>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace lipsync::scoring {

/// Looks at one sequence of frames, alone: mouth, trembling, SyncNet.
class SequenceMeter {
public:
    /// Without a finder there are no landmarks; without a meter no SyncNet, which must outlive this.
    SequenceMeter(LandmarkFinder finder, SyncMeter* sync);

    /// The next frame. `crop` is where its face is, when that is known: landmarks elsewhere are another face's.
    /// `known` are landmarks to use where none are found.
    Status add(const cv::Mat& bgr, std::optional<cv::Rect> crop, const std::optional<Landmarks>& known = {});

    /// Landmarks of the last frame.
    const std::optional<Landmarks>& landmarks() const { return m_landmarks; }
    /// One number a frame; unknown() where there was no face.
    const std::vector<double>& openings() const { return m_openings; }
    std::int64_t framesWithFace() const { return m_framesWithFace; } ///< with landmarks
    std::int64_t framesFound() const { return m_framesFound; } ///< in which the finder found them
    Jitter jitter() const { return {m_pointJitter.value(), m_pictureJitter.value()}; }

private:
    Status addToSync(const cv::Mat& bgr, std::optional<cv::Rect> crop);

    const LandmarkFinder m_finder;
    SyncMeter* const m_sync;
    SyncFace m_syncFace;
    std::optional<Landmarks> m_landmarks;
    std::vector<double> m_openings;
    PointJitter m_pointJitter;
    PictureJitter m_pictureJitter;
    std::int64_t m_framesWithFace = 0, m_framesFound = 0;
};

/// Generated frames against true ones.
class LikenessMeter {
public:
    /// Faces and their landmarks as they are known; `face` and `mouth` are the boxes of both pictures, which are of the
    /// same size.
    void add(const cv::Mat& truth, const cv::Mat& generated, const cv::Rect& face, const cv::Rect& mouth,
             const std::optional<Landmarks>& trueLandmarks, const std::optional<Landmarks>& landmarks);

    Likeness likeness() const;

private:
    PictureLikeness m_face, m_mouth;
    std::vector<double> m_distances, m_shares, m_trueOpenings, m_openings;
};

/// Where mouth and face are: by the landmarks, otherwise a fixed part of the crop. All inside of `bounds`.
cv::Rect mouthOf(const std::optional<Landmarks>& landmarks, const std::optional<cv::Rect>& crop,
                 const cv::Rect& bounds);
cv::Rect faceOf(const std::optional<Landmarks>& landmarks, const std::optional<cv::Rect>& crop, const cv::Rect& bounds);

} // namespace lipsync::scoring

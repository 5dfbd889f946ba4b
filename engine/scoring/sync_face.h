// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>

#include <opencv2/core/mat.hpp>

namespace lipsync::scoring {

/// Cuts the face out of frames as SyncNet's own pipeline does (`run_pipeline.py` of syncnet_python): a square 2.8 times
/// half the face's longer side, most of it below its middle, grey beyond the frame; place and size are medians over
/// 13 frames, here the last ones.
class SyncFace {
public:
    /// `face`: from the brows to the chin and between the ears, in pixels of the frame.
    cv::Mat cut(const cv::Mat& bgr, const cv::Rect2d& face);
    /// The place of the last frame once more, for one whose face was not found.
    cv::Mat cutAgain(const cv::Mat& bgr) const;
    bool isKnown() const { return !m_faces.empty(); }

private:
    std::deque<cv::Rect2d> m_faces;
};

} // namespace lipsync::scoring

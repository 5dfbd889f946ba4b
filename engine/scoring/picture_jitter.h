// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <opencv2/core/mat.hpp>

namespace lipsync::scoring {

/// How much the pixels of a face tremble from frame to frame above its mouth, where speech moves little: the standard deviation of the white
/// noise whose second differences are as large, in levels of 255. See PointJitter.
class PictureJitter {
public:
    /// The next frame, BGR, and where face and mouth are in it: what lies below the mouth's top does not count.
    void add(const cv::Mat& bgr, const cv::Rect& face, const cv::Rect& mouth);
    /// A frame without a face: what follows is not compared with what was before.
    void skip();
    /// Nothing before three frames in a row.
    std::optional<double> value() const;

private:
    cv::Mat m_before, m_last; ///< grey
    cv::Rect m_lastArea;
    double m_squares = 0, m_numbers = 0;
};

} // namespace lipsync::scoring

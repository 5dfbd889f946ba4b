// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core/mat.hpp>

namespace lipsync::faces {

/// How a picture follows upon the one before.
enum class PictureChange {
    Usual,
    Sudden, ///< changed far more than of late: a cut if the face is another one or elsewhere
    Cut, ///< has nothing to do with the one before
};

/// Tells where a clip jumps from one scene to another: the picture's tiny copy changes by more than it lately did, and
/// its brightness is spread otherwise. One thread at a time.
class CutDetector {
public:
    /// What `grey` (bytes) is to the picture before; Usual for the first.
    PictureChange look(const cv::Mat& grey);

private:
    cv::Mat m_tiny;
    cv::Mat m_histogram;
    double m_usual = 0.0; ///< change from frame to frame, running mean in grey levels
};

} // namespace lipsync::faces

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/demo/demo_pose.h"

#include <vector>

#include <opencv2/core.hpp>

namespace lipsync::training {

/// The demo avatar's drawn person: head motion and blinking repeat every kLoopSeconds, the mouth is the caller's.
/// Everything drawn is our own. After construction any number of threads may draw.
class DemoCharacter {
public:
    static constexpr double kLoopSeconds = 14.0;

    /// Paints the still layers (about half a second) for square frames of `size` pixels.
    explicit DemoCharacter(int size = 512);

    /// The frame at a time of the loop: CV_8UC3, BGR, size × size.
    cv::Mat draw(double timeSeconds, const MouthPose& pose) const;

    /// The square the network sees, from below the eyes to under the chin; follows the head in whole pixels.
    cv::Rect mouthCrop(double timeSeconds) const;

    /// The mouth's surroundings inside the network's 160 × 160 picture (the 168 × 168 crop less 4 pixels a side).
    cv::Rect mouthBox() const;

    /// How far the mouth is open in a 160 × 160 BGR picture: the share of mouthBox() whose brightest channel is
    /// below 105 (the dark inside between the lips). 0 when closed, about 0.15 wide open, grows with `open`.
    double mouthOpening(const cv::Mat& crop160) const;

private:
    cv::Matx23d headMotion(double timeSeconds) const;
    double lidClosing(double timeSeconds) const;

    int m_size;
    float m_scale; ///< pixels per unit of the 512-pixel drawing
    cv::Mat m_still; ///< background and body, CV_8UC3
    std::vector<cv::Mat> m_headByLid; ///< head without mouth from open to closed eyes, CV_8UC4, multiplied by alpha
    cv::Rect m_lowerFace; ///< part of the head that the jaw moves
    cv::Mat m_jawFieldX, m_jawFieldY; ///< where each pixel of m_lowerFace comes from with the mouth closed
    cv::Mat m_jawShift; ///< how far it moves down when wide open, pixels
};

} // namespace lipsync::training

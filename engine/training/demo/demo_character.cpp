// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/demo/demo_character.h"

#include "training/demo/demo_layers.h"
#include "training/demo/demo_mouth.h"
#include "training/demo/demo_painter.h"

#include <array>
#include <numbers>

namespace lipsync::training {

namespace {

constexpr int kLidSteps = 8;
constexpr float kJawDrop = 9.0f; ///< drawing units at open = 1
constexpr float kCropSide = 216.0f;
constexpr float kCropTop = 208.0f;
const cv::Point2d kPivot{256.0, 420.0};

} // namespace

DemoCharacter::DemoCharacter(int size)
    : m_size(size)
    , m_scale(size / 512.0f)
{
    m_still = paintBackgroundAndBody(size);
    for (int step = 0; step < kLidSteps; ++step)
        m_headByLid.push_back(paintHead(size, static_cast<float>(step) / (kLidSteps - 1)));

    m_lowerFace =
        cv::Rect(cvRound(160 * m_scale), cvRound(276 * m_scale), cvRound(192 * m_scale), cvRound(124 * m_scale));
    m_jawFieldX.create(m_lowerFace.size(), CV_32F);
    m_jawFieldY.create(m_lowerFace.size(), CV_32F);
    m_jawShift.create(m_lowerFace.size(), CV_32F);
    for (int row = 0; row < m_lowerFace.height; ++row) {
        for (int column = 0; column < m_lowerFace.width; ++column) {
            const float x = (m_lowerFace.x + column + 0.5f) / m_scale - kMouthX;
            const float y = (m_lowerFace.y + row + 0.5f) / m_scale;
            const float across = smoothStep(78.0f, 10.0f, std::abs(x));
            m_jawFieldX.at<float>(row, column) = static_cast<float>(m_lowerFace.x + column);
            m_jawFieldY.at<float>(row, column) = static_cast<float>(m_lowerFace.y + row);
            m_jawShift.at<float>(row, column) = kJawDrop * m_scale * across * smoothStep(300.0f, 366.0f, y);
        }
    }
}

cv::Matx23d DemoCharacter::headMotion(double timeSeconds) const
{
    const double phase = 2.0 * std::numbers::pi * timeSeconds / kLoopSeconds;
    const double moveX = 2.6 * std::sin(phase) + 0.9 * std::sin(3.0 * phase + 0.7);
    const double moveY = 1.6 * std::sin(2.0 * phase + 1.1) + 0.6 * std::sin(5.0 * phase);
    const double degrees = 0.8 * std::sin(phase + 0.5) + 0.3 * std::sin(4.0 * phase);
    const double turn = degrees * std::numbers::pi / 180.0;
    const double c = std::cos(turn);
    const double s = std::sin(turn);
    const cv::Point2d pivot = kPivot * static_cast<double>(m_scale);
    return {c, -s, pivot.x - c * pivot.x + s * pivot.y + moveX * m_scale,
            s, c,  pivot.y - s * pivot.x - c * pivot.y + moveY * m_scale};
}

double DemoCharacter::lidClosing(double timeSeconds) const
{
    constexpr std::array kBlinks{1.4, 4.3, 7.7, 8.15, 11.6};
    constexpr double kHalfBlink = 0.13;
    double time = std::fmod(timeSeconds, kLoopSeconds);
    if (time < 0.0)
        time += kLoopSeconds;
    double closing = 0.0;
    for (const double blink : kBlinks)
        closing = std::max(closing, 1.25 * (1.0 - std::abs(time - blink) / kHalfBlink));
    return std::clamp(closing, 0.0, 1.0);
}

cv::Mat DemoCharacter::draw(double timeSeconds, const MouthPose& pose) const
{
    cv::Mat head = m_headByLid[cvRound(lidClosing(timeSeconds) * (kLidSteps - 1))].clone();
    cv::Mat fieldY = m_jawFieldY - std::clamp(pose.open, 0.0f, 1.0f) * m_jawShift;
    cv::Mat jaw;
    cv::remap(head, jaw, m_jawFieldX, fieldY, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    drawMouth(jaw, m_lowerFace.tl(), m_scale, pose);
    jaw.copyTo(head(m_lowerFace));

    cv::Mat moved;
    cv::warpAffine(head, moved, headMotion(timeSeconds), head.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT);
    cv::Mat frame = m_still.clone();
    for (int row = 0; row < m_size; ++row) {
        const cv::Vec4b* over = moved.ptr<cv::Vec4b>(row);
        cv::Vec3b* out = frame.ptr<cv::Vec3b>(row);
        for (int column = 0; column < m_size; ++column) {
            const int rest = 255 - over[column][3];
            if (rest == 255)
                continue;
            for (int channel = 0; channel < 3; ++channel)
                out[column][channel] =
                    cv::saturate_cast<uchar>(over[column][channel] + (out[column][channel] * rest + 127) / 255);
        }
    }
    return frame;
}

cv::Rect DemoCharacter::mouthCrop(double timeSeconds) const
{
    const cv::Matx23d motion = headMotion(timeSeconds);
    const double x = kMouthX * m_scale;
    const double y = (kCropTop + 0.5 * kCropSide) * m_scale;
    const double movedX = motion(0, 0) * x + motion(0, 1) * y + motion(0, 2);
    const double movedY = motion(1, 0) * x + motion(1, 1) * y + motion(1, 2);
    const int side = cvRound(kCropSide * m_scale);
    return {cvRound(movedX - 0.5 * side), cvRound(movedY - 0.5 * side), side, side};
}

cv::Rect DemoCharacter::mouthBox() const
{
    return {34, 56, 92, 60};
}

double DemoCharacter::mouthOpening(const cv::Mat& crop160) const
{
    constexpr int kDark = 105;
    const cv::Mat box = crop160(mouthBox());
    int inside = 0;
    for (int row = 0; row < box.rows; ++row) {
        for (int column = 0; column < box.cols; ++column) {
            const cv::Vec3b pixel = box.at<cv::Vec3b>(row, column);
            inside += std::max({pixel[0], pixel[1], pixel[2]}) < kDark ? 1 : 0;
        }
    }
    return static_cast<double>(inside) / box.total();
}

} // namespace lipsync::training

// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/picture_jitter.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace lipsync::scoring {

namespace {

/// White noise of variance v has second differences a − 2b + c of variance 6v.
constexpr double kSecondDifferenceGain = 6.0;

} // namespace

void PictureJitter::add(const cv::Mat& bgr, const cv::Rect& face, const cv::Rect& mouth)
{
    cv::Mat grey;
    cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
    const auto area = m_lastArea & cv::Rect({}, grey.size());
    if (m_before.size() == grey.size() && m_last.size() == grey.size() && !area.empty()) {
        cv::Mat bend;
        cv::addWeighted(m_before(area), 1, grey(area), 1, 0, bend, CV_32F);
        cv::Mat twice;
        m_last(area).convertTo(twice, CV_32F, 2);
        bend -= twice;
        const double norm = cv::norm(bend, cv::NORM_L2);
        m_squares += norm * norm;
        m_numbers += area.area();
    }
    m_before = std::move(m_last);
    m_last = grey;
    m_lastArea = face;
    if (!mouth.empty())
        m_lastArea.height = std::clamp(mouth.y - face.y, 0, face.height);
}

void PictureJitter::skip()
{
    m_before.release();
    m_last.release();
}

std::optional<double> PictureJitter::value() const
{
    if (m_numbers <= 0)
        return {};
    return std::sqrt(m_squares / m_numbers / kSecondDifferenceGain);
}

} // namespace lipsync::scoring

// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/cut_detector.h"

#include <algorithm>
#include <utility>

#include <opencv2/imgproc.hpp>

namespace lipsync::faces {

namespace {

const cv::Size kTinySize(32, 24);
constexpr int kBins = 32;
constexpr double kLeastSudden = 3.0, kLeastCut = 10.0; ///< mean difference of the tiny copies in grey levels
constexpr double kTimesUsual = 5.0;
constexpr double kSharedHistogram = 0.85; ///< intersection, 0 … 1: above it brightness is spread as before
constexpr double kPlainChange = 25.0; ///< so much is a cut whatever the histograms say
constexpr double kSlowness = 0.1; ///< weight of the newest change in the usual one

cv::Mat histogramOf(const cv::Mat& picture)
{
    const int channels[] = {0};
    const int bins[] = {kBins};
    const float range[] = {0, 256};
    const float* ranges[] = {range};
    cv::Mat histogram;
    cv::calcHist(&picture, 1, channels, {}, histogram, 1, bins, ranges);
    return histogram / static_cast<double>(picture.total());
}

} // namespace

PictureChange CutDetector::look(const cv::Mat& grey)
{
    cv::Mat tiny;
    cv::resize(grey, tiny, kTinySize, 0, 0, cv::INTER_AREA);
    const cv::Mat histogram = histogramOf(tiny);
    const cv::Mat lastTiny = std::exchange(m_tiny, tiny);
    const cv::Mat lastHistogram = std::exchange(m_histogram, histogram);
    if (lastTiny.empty())
        return PictureChange::Usual;
    const double change = cv::norm(tiny, lastTiny, cv::NORM_L1) / static_cast<double>(tiny.total());
    const double usual = kTimesUsual * m_usual;
    m_usual += kSlowness * (std::min(change, kLeastCut) - m_usual);
    if (change < std::max(kLeastSudden, usual))
        return PictureChange::Usual;
    const double shared = cv::compareHist(histogram, lastHistogram, cv::HISTCMP_INTERSECT);
    const bool isCut = change > kPlainChange || (change > kLeastCut && shared < kSharedHistogram);
    return isCut ? PictureChange::Cut : PictureChange::Sudden;
}

} // namespace lipsync::faces

// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/picture_metrics.h"

#include <cmath>
#include <limits>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace lipsync::scoring {

namespace {

constexpr double kPeak = 255.0;
constexpr double kSsimSigma = 1.5;
constexpr double kC1 = (0.01 * kPeak) * (0.01 * kPeak);
constexpr double kC2 = (0.03 * kPeak) * (0.03 * kPeak);

/// Weighted mean under the window at every place where it lies inside.
cv::Mat windowed(const cv::Mat& channel)
{
    cv::Mat blurred;
    cv::GaussianBlur(channel, blurred, {kSsimWindow, kSsimWindow}, kSsimSigma, kSsimSigma);
    constexpr int half = kSsimWindow / 2;
    return blurred(cv::Rect(half, half, channel.cols - 2 * half, channel.rows - 2 * half));
}

double ssimOfChannel(const cv::Mat& a, const cv::Mat& b)
{
    const cv::Mat meanA = windowed(a), meanB = windowed(b);
    const cv::Mat squareA = windowed(a.mul(a)), squareB = windowed(b.mul(b)), product = windowed(a.mul(b));
    double sum = 0;
    for (int y = 0; y < meanA.rows; ++y) {
        for (int x = 0; x < meanA.cols; ++x) {
            const double ma = meanA.at<double>(y, x), mb = meanB.at<double>(y, x);
            const double variances = squareA.at<double>(y, x) - ma * ma + (squareB.at<double>(y, x) - mb * mb);
            const double covariance = product.at<double>(y, x) - ma * mb;
            sum += (2 * ma * mb + kC1) * (2 * covariance + kC2) / ((ma * ma + mb * mb + kC1) * (variances + kC2));
        }
    }
    return sum / static_cast<double>(meanA.total());
}

} // namespace

double psnr(double meanSquaredError)
{
    return meanSquaredError > 0 ? 10 * std::log10(kPeak * kPeak / meanSquaredError)
                                : std::numeric_limits<double>::infinity();
}

double meanSquaredError(const cv::Mat& a, const cv::Mat& b)
{
    const double norm = cv::norm(a, b, cv::NORM_L2);
    return norm * norm / (static_cast<double>(a.total()) * a.channels());
}

std::optional<double> ssim(const cv::Mat& a, const cv::Mat& b)
{
    if (a.cols < kSsimWindow || a.rows < kSsimWindow)
        return {};
    cv::Mat wideA, wideB;
    a.convertTo(wideA, CV_64F);
    b.convertTo(wideB, CV_64F);
    std::vector<cv::Mat> channelsA, channelsB;
    cv::split(wideA, channelsA);
    cv::split(wideB, channelsB);
    double sum = 0;
    for (std::size_t i = 0; i < channelsA.size(); ++i)
        sum += ssimOfChannel(channelsA[i], channelsB[i]);
    return sum / static_cast<double>(channelsA.size());
}

void PictureLikeness::add(const cv::Mat& a, const cv::Mat& b)
{
    if (a.empty())
        return;
    const auto numbers = static_cast<double>(a.total()) * a.channels();
    m_squares += meanSquaredError(a, b) * numbers;
    m_numbers += numbers;
    ++m_pairs;
    if (const auto similarity = scoring::ssim(a, b)) {
        m_ssim += *similarity;
        ++m_ssimPairs;
    }
}

std::optional<double> PictureLikeness::psnr() const
{
    if (m_pairs == 0)
        return {};
    return scoring::psnr(m_squares / m_numbers);
}

std::optional<double> PictureLikeness::ssim() const
{
    if (m_ssimPairs == 0)
        return {};
    return m_ssim / static_cast<double>(m_ssimPairs);
}

} // namespace lipsync::scoring

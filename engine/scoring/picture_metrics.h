// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include <opencv2/core/mat.hpp>

namespace lipsync::scoring {

/// Side of SSIM's window: smaller pictures have none.
inline constexpr int kSsimWindow = 11;

/// 10·log10(255² / meanSquaredError) in decibels; infinite for 0. Source: lipsync-models specification, section 6.2.
double psnr(double meanSquaredError);

/// Mean over all numbers of (a − b)²; both CV_8UC3 of the same size.
double meanSquaredError(const cv::Mat& a, const cv::Mat& b);

/// Structural similarity of two CV_8UC3 pictures of the same size: 11×11 Gaussian window of σ 1.5, K1 0.01, K2 0.03,
/// mean over the windows that lie inside and over the channels. Nothing when a side is shorter than 11.
/// Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment", 2004; specification, section 6.2.
std::optional<double> ssim(const cv::Mat& a, const cv::Mat& b);

/// Many pairs of pictures: the PSNR of their common mean squared error, and the mean of their SSIM.
class PictureLikeness {
public:
    /// Both CV_8UC3 of the same size; an empty pair is passed over.
    void add(const cv::Mat& a, const cv::Mat& b);

    std::int64_t pairs() const { return m_pairs; }
    std::optional<double> psnr() const;
    std::optional<double> ssim() const;

private:
    double m_squares = 0, m_numbers = 0; ///< of all pairs
    double m_ssim = 0;
    std::int64_t m_pairs = 0, m_ssimPairs = 0;
};

} // namespace lipsync::scoring

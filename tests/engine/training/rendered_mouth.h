// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "base/error.h"
#include "training/demo/demo_character.h"

#include <filesystem>
#include <span>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace lipsync::test {

/// The network's square of each frame of a rendered video: the template frame's rectangle at 168 × 168 less the
/// border, 160 × 160 BGR. Read from the video file as a player would, never from the network.
Result<std::vector<cv::Mat>> mouthSquares(const std::filesystem::path& video, const avatar::AvatarPackage& package);

/// The same squares as the demo character would have drawn them with these poses over the avatar's template loop.
std::vector<cv::Mat> drawnSquares(const training::DemoCharacter& character, const avatar::AvatarPackage& package,
                                  std::span<const training::MouthPose> poses);

/// DemoCharacter::mouthOpening of every square.
std::vector<double> openings(const training::DemoCharacter& character, std::span<const cv::Mat> squares);

/// Pearson's correlation; 0 when either side does not vary (a mouth that never moves follows nothing).
double correlation(std::span<const double> a, std::span<const double> b);

/// Shift of `late` against `early`, in frames, at which they correlate best, and that correlation.
struct Lag {
    int frames;
    double correlation;
};
Lag bestLag(std::span<const double> early, std::span<const double> late, int reach);

double mean(std::span<const double> values);

/// 10·log10(255² / mean squared error) inside `box`, over all squares.
double psnr(std::span<const cv::Mat> a, std::span<const cv::Mat> b, const cv::Rect& box);

/// Loudness of each frame of 640 samples: root mean square, then a gentle smoothing over three frames.
std::vector<double> speechEnvelope(std::span<const float> speech16k, std::size_t frames);

} // namespace lipsync::test

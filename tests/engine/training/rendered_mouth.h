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

/// 10·log10(255² / mean squared error) inside `box`, over all squares.
double psnr(std::span<const cv::Mat> a, std::span<const cv::Mat> b, const cv::Rect& box);

} // namespace lipsync::test

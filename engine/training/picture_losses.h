// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a generated picture is measured by, without any network: pixels, edges, structure. All differentiable.

#include "nn/network_profile.h"
#include "nn/torch_compat.h"

namespace lipsync::training {

inline constexpr float kMouthWeight = 6.0f; ///< of the pixels of a mouth, against 1 elsewhere
inline constexpr float kBorderWeight = 3.0f; ///< of the pixels along the mask's edge

/// Mean absolute difference, weighted by `weight` (B×1×S×S). Pictures are B×3×S×S in [0, 1].
torch::Tensor weightedDifference(const torch::Tensor& output, const torch::Tensor& target, const torch::Tensor& weight);

/// How far edges differ: absolute difference of horizontal and vertical gradients at full and half size, weighted.
/// L1 alone is content with a blur.
torch::Tensor edgeDifference(const torch::Tensor& output, const torch::Tensor& target, const torch::Tensor& weight);

/// 1 − SSIM (8×8 windows, K1 0.01, K2 0.03) of the pictures at a half and a quarter of their size, weighted mean.
torch::Tensor structureDifference(const torch::Tensor& output, const torch::Tensor& target,
                                  const torch::Tensor& weight);

/// The cross entropy of a target with itself: what remains when the output is right.
torch::Tensor idealEntropy(const torch::Tensor& target);

/// Extra weight (1×1×S×S, 0 elsewhere) along the mask's edge, where the output meets the untouched picture.
torch::Tensor maskBorder(nn::GeneratorKind kind, float weight);

} // namespace lipsync::training

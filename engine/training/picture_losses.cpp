// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/picture_losses.h"

#include "nn/network_spec.h"

#include <algorithm>

namespace lipsync::training {

namespace {

constexpr int kBorderReach = 4; ///< pixels on both sides of the mask's edge

torch::Tensor half(const torch::Tensor& pictures)
{
    return at::avg_pool2d(pictures, {2, 2});
}

torch::Tensor acrossDifference(const torch::Tensor& x)
{
    return x.slice(3, 1) - x.slice(3, 0, -1);
}

torch::Tensor downDifference(const torch::Tensor& x)
{
    return x.slice(2, 1) - x.slice(2, 0, -1);
}

torch::Tensor gradientDifference(const torch::Tensor& difference, const torch::Tensor& weight)
{
    return (acrossDifference(difference).abs() * weight.slice(3, 1)).mean() +
        (downDifference(difference).abs() * weight.slice(2, 1)).mean();
}

torch::Tensor ssim(const torch::Tensor& a, const torch::Tensor& b)
{
    constexpr double kBrightness = 0.01 * 0.01, kContrast = 0.03 * 0.03;
    const auto local = [](const torch::Tensor& x) { return at::avg_pool2d(x, {8, 8}, {2, 2}); };
    const auto meanA = local(a), meanB = local(b);
    const auto varianceA = local(a * a) - meanA * meanA, varianceB = local(b * b) - meanB * meanB;
    const auto covariance = local(a * b) - meanA * meanB;
    return ((2 * meanA * meanB + kBrightness) * (2 * covariance + kContrast)) /
        ((meanA * meanA + meanB * meanB + kBrightness) * (varianceA + varianceB + kContrast));
}

} // namespace

torch::Tensor weightedDifference(const torch::Tensor& output, const torch::Tensor& target, const torch::Tensor& weight)
{
    return ((output - target).abs() * weight).mean();
}

torch::Tensor edgeDifference(const torch::Tensor& output, const torch::Tensor& target, const torch::Tensor& weight)
{
    // Gradients are linear, so those of the difference are the differences of the gradients.
    const auto difference = output - target;
    return gradientDifference(difference, weight) + gradientDifference(half(difference), half(weight));
}

torch::Tensor structureDifference(const torch::Tensor& output, const torch::Tensor& target, const torch::Tensor& weight)
{
    auto a = output, b = target, w = weight;
    auto sum = torch::zeros({}, output.options());
    for (int scale = 0; scale < 2; ++scale) {
        a = half(a);
        b = half(b);
        w = half(w);
        sum = sum + ((1 - ssim(a, b)) * at::avg_pool2d(w, {8, 8}, {2, 2})).mean();
    }
    return sum;
}

torch::Tensor idealEntropy(const torch::Tensor& target)
{
    const auto inside = target.clamp(1e-4, 1 - 1e-4);
    return -(inside * inside.log() + (1 - inside) * (1 - inside).log());
}

torch::Tensor maskBorder(nn::GeneratorKind kind, float weight)
{
    const int size = nn::profileOf(kind, nn::AudioMode::Ave).pictureSize;
    const auto [x, y, width, height] = nn::mouthMask(kind);
    auto border = torch::zeros({1, 1, size, size});
    const auto fill = [&, x = x, y = y, width = width, height = height](int reach, float value) {
        border.slice(2, std::max(0, y - reach), y + height + reach)
            .slice(3, std::max(0, x - reach), x + width + reach)
            .fill_(value);
    };
    fill(kBorderReach, weight);
    fill(-kBorderReach, 0);
    return border;
}

} // namespace lipsync::training

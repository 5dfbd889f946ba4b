// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// LibTorch modules of the SyncTalk_2D generator; submodule names are those of its checkpoints.
// Source: lipsync-models specification, sections 1.1 to 1.4.

#include "nn/network_spec.h"
#include "nn/torch_compat.h"

#include <vector>

namespace lipsync::nn {

/// A container without a forward of its own, used to give children the names checkpoints use.
struct Group : torch::nn::Module { };

/// Convolution followed by BatchNorm; fold() merges the two for inference.
class ConvNorm {
public:
    ConvNorm() = default;
    /// Registers the pair in `owner` as `convName` and `normName`.
    ConvNorm(torch::nn::Module& owner, const std::string& convName, const std::string& normName,
             torch::nn::Conv2dOptions options);

    torch::Tensor operator()(const torch::Tensor& x);
    /// Multiplies BatchNorm's scale into the convolution; afterwards only inference is possible.
    void fold();

private:
    torch::nn::Module* m_owner = nullptr; ///< holds both; lives as long as the network
    std::string m_convName, m_normName;
    torch::nn::Conv2d m_conv{nullptr};
    torch::nn::BatchNorm2d m_norm{nullptr}; ///< null once folded
};

/// Inverted residual with expansion 2: 1×1, depthwise 3×3, 1×1.
class InvertedResidual : public torch::nn::Module {
public:
    InvertedResidual(int in, int out, int stride, bool residual);
    torch::Tensor forward(const torch::Tensor& x);
    void fold();

private:
    ConvNorm m_expand, m_depthwise, m_project;
    bool m_residual;
};

/// Two inverted residuals, the first of which changes size and width.
class DoubleConv : public torch::nn::Module {
public:
    DoubleConv(int in, int out, int stride);
    torch::Tensor forward(const torch::Tensor& x);
    void fold();

private:
    std::shared_ptr<InvertedResidual> m_first, m_second;
};

/// Listens to a window of audio features; every mode ends in 16·width × 10 × 10.
class AudioBranch : public torch::nn::Module {
public:
    AudioBranch(AudioMode mode, int width);
    torch::Tensor forward(const torch::Tensor& window);
    void fold();

private:
    std::shared_ptr<InvertedResidual> m_conv1, m_conv2, m_conv4, m_conv6, m_conv7;
    ConvNorm m_conv3, m_conv5;
};

/// The whole generator, 328 or 160.
class SyncTalk2D : public torch::nn::Module {
public:
    explicit SyncTalk2D(const GeneratorSpec& spec);

    /// `pictures`: B×6×S×S in [0,1]; `windows`: B × audioShape. Returns B×3×S×S in [0,1], B,G,R.
    torch::Tensor forward(const torch::Tensor& pictures, const torch::Tensor& windows);

    /// The same before the final sigmoid: a loss on it still has a gradient where the sigmoid is saturated.
    torch::Tensor logits(const torch::Tensor& pictures, const torch::Tensor& windows);

    /// The audio branch alone: B × 16·width × 10 × 10. For training it ahead of the pictures.
    torch::Tensor listen(const torch::Tensor& windows) { return m_audio->forward(windows); }

    /// Merges every BatchNorm into its convolution.
    void fold();

private:
    std::shared_ptr<InvertedResidual> m_inConv;
    std::vector<std::shared_ptr<DoubleConv>> m_downs;
    std::shared_ptr<AudioBranch> m_audio;
    std::shared_ptr<DoubleConv> m_fuse0, m_fuse1;
    std::vector<std::shared_ptr<DoubleConv>> m_ups;
    torch::nn::Conv2d m_outConv{nullptr};
};

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// LibTorch modules of the SyncTalk_2D generator; submodule names are those of its checkpoints.
// Source: lipsync-models specification, sections 1.1 to 1.4.

#include "nn/generator_module.h"
#include "nn/network_spec.h"
#include "nn/torch_compat.h"

#include <vector>

namespace lipsync::nn {

/// A container without a forward of its own, used to give children the names checkpoints use.
struct Group : torch::nn::Module { };

/// While one lives, networks built by this thread leave their convolutions' numbers as memory has them, because all of
/// them are about to be loaded: drawing twelve million random ones takes longer than reading them.
class WithoutInitialisation {
public:
    WithoutInitialisation();
    WithoutInitialisation(const WithoutInitialisation&) = delete;
    WithoutInitialisation& operator=(const WithoutInitialisation&) = delete;
    ~WithoutInitialisation();
    static bool active();

private:
    const bool m_before;
};

/// A convolution of these options, random as LibTorch makes it or without numbers; see WithoutInitialisation.
torch::nn::Conv2d makeConvolution(const torch::nn::Conv2dOptions& options);

/// Convolution followed by BatchNorm; fold() merges the two for inference.
class ConvNorm {
public:
    ConvNorm() = default;
    /// Registers the pair in `owner` as `convName` and `normName`.
    ConvNorm(torch::nn::Module& owner, const std::string& convName, const std::string& normName,
             torch::nn::Conv2dOptions options);

    torch::Tensor operator()(const torch::Tensor& x);
    /// Multiplies BatchNorm's scale into the convolution, whose weights become channels-last; afterwards only inference
    /// is possible. On the processor, in float32.
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
    explicit AudioBranch(const GeneratorSpec& spec);
    torch::Tensor forward(const torch::Tensor& window);
    void fold();

private:
    std::shared_ptr<InvertedResidual> m_conv1, m_conv2, m_conv4, m_conv6, m_conv7;
    ConvNorm m_conv3, m_conv5;
};

/// The whole generator: SyncTalk_2D's 328 or 160, or one of Ultralight's, which is a 160 with another audio branch.
class SyncTalk2D : public GeneratorModule {
public:
    explicit SyncTalk2D(const GeneratorSpec& spec);

    torch::Tensor forward(const torch::Tensor& pictures, const torch::Tensor& windows) override;

    /// The same before the final sigmoid: a loss on it still has a gradient where the sigmoid is saturated.
    torch::Tensor logits(const torch::Tensor& pictures, const torch::Tensor& windows);

    /// The audio branch alone: B × 16·width × 10 × 10. For training it ahead of the pictures.
    torch::Tensor listen(const torch::Tensor& windows) { return m_audio->forward(windows); }

    void fold() override;

private:
    std::shared_ptr<InvertedResidual> m_inConv;
    std::vector<std::shared_ptr<DoubleConv>> m_downs;
    std::shared_ptr<AudioBranch> m_audio;
    std::shared_ptr<DoubleConv> m_fuse0, m_fuse1;
    std::vector<std::shared_ptr<DoubleConv>> m_ups;
    torch::nn::Conv2d m_outConv{nullptr};
};

} // namespace lipsync::nn

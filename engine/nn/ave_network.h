// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// LibTorch modules of the AVE audio encoder. Source: lipsync-models specification, section 1.8.

#include "nn/synctalk2d.h"

namespace lipsync::nn {

/// Thirteen convolutions from a mel window (B×1×80×16) to a feature (B × 16·width × 1 × 1); children "0" to "12".
/// Wav2Lip hears with the same.
class AveLayers : public torch::nn::Module {
public:
    explicit AveLayers(int width = 32);
    torch::Tensor forward(const torch::Tensor& mel);
    void fold();

private:
    struct Layer {
        ConvNorm conv;
        bool residual;
    };
    std::vector<Layer> m_layers;
};

/// The encoder by itself: a mel window to 512 numbers. Names begin with `audio_encoder.`.
class AveNetwork : public torch::nn::Module {
public:
    AveNetwork();
    torch::Tensor forward(const torch::Tensor& mel);
    void fold();

private:
    std::shared_ptr<AveLayers> m_layers;
};

} // namespace lipsync::nn

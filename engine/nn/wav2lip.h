// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// LibTorch module of Wav2Lip, and of the larger one LiveTalking uses. Source: lipsync-models specification,
// sections 3.1 to 3.3.

#include "nn/ave_network.h"
#include "nn/generator_module.h"

#include <vector>

namespace lipsync::nn {

class Wav2LipLayer;

/// Redraws a whole face: a pyramid of convolutions down to one pixel, joined there by the voice, and up again.
class Wav2Lip final : public GeneratorModule {
public:
    explicit Wav2Lip(const GeneratorSpec& spec);

    torch::Tensor forward(const torch::Tensor& pictures, const torch::Tensor& windows) override;
    void fold() override;

private:
    using Layers = std::vector<std::shared_ptr<Wav2LipLayer>>;

    std::vector<Layers> m_encoder, m_decoder;
    std::shared_ptr<AveLayers> m_audio;
    std::shared_ptr<Wav2LipLayer> m_output;
    torch::nn::Conv2d m_lastConv{nullptr};
};

} // namespace lipsync::nn

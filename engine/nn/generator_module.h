// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_spec.h"
#include "nn/torch_compat.h"

#include <memory>

namespace lipsync::nn {

/// A generator as a LibTorch module, whatever its layers; submodule names are those of its checkpoints.
class GeneratorModule : public torch::nn::Module {
public:
    /// `pictures`: B×6×S×S in [0,1], its halves in the order of the profile; `windows`: B × audioShape.
    /// Returns B×3×S×S in [0,1], B,G,R.
    virtual torch::Tensor forward(const torch::Tensor& pictures, const torch::Tensor& windows) = 0;

    /// Merges every BatchNorm into its convolution; afterwards only inference is possible.
    virtual void fold() = 0;
};

/// The network of that kind with LibTorch's first numbers in it. Throws for TorchScript, which is made from a file.
std::shared_ptr<GeneratorModule> makeGeneratorModule(const GeneratorSpec& spec);

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// LibTorch's side of an opened TorchScript archive, for the inside of the Generator.

#include "nn/checkpoint/torchscript.h"
#include "nn/torch_compat.h"

#include <torch/script.h>

namespace lipsync::nn {

/// Never changed after to(); runs may share it as far as the archive's own code allows, so copy() one a thread.
struct ScriptModule {
    torch::jit::Module module;
    ScriptInterface interface;

    /// `pictures`: B×6×S×S; `windows`: B × audioShape. Returns B×3×S×S. Throws what LibTorch throws.
    torch::Tensor forward(const torch::Tensor& pictures, const torch::Tensor& windows);
    /// Moves its parameters and buffers, not the constants inside its code.
    void to(torch::Device device, torch::ScalarType type);
    std::shared_ptr<ScriptModule> copy() const;
};

} // namespace lipsync::nn

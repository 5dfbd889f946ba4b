// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace lipsync::nn {

/// Whether the file is, or is called like, one that holds a network's weights: .safetensors, .pth, .pt, .ckpt and so on,
/// or a file that begins like one of them.
bool isWeightsFile(const std::filesystem::path& file);

/// Whether the file begins as safetensors or one of PyTorch's formats do; any ZIP archive begins so too.
bool beginsAsWeights(const std::filesystem::path& file);

/// What a file without weights is instead, as far as its beginning tells: a phrase such as "it is a picture".
std::string describeNoWeights(const std::filesystem::path& file);

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inspection.h"

namespace lipsync::cli {

/// Whether the file is, or is called like, one that holds a network's weights: .safetensors, .pth, .pt, .ckpt and so on,
/// or a file that begins like one of them.
bool isWeightsFile(const std::filesystem::path& file);

/// What a weights file is: format, wrapping, network, parameters. Nothing in it is run.
Inspection inspectWeights(const std::filesystem::path& file);

} // namespace lipsync::cli

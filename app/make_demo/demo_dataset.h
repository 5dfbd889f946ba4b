// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <filesystem>

namespace lipsync {

/// Writes the demo avatar's training data into `folder` (made when missing): about `minutes` of training clips and
/// 45 s of validation clips with other voices and sentences, described by dataset.json. Equal seeds, equal data.
/// A clip is a folder of voice.npy (float32 [N], 16 kHz), mouth.npy (float32 [F, 3]: open, width, round; F = N / 640)
/// and crops.npy (uint8 [F, 168, 168, 3], BGR).
Status writeDemoDataset(const std::filesystem::path& folder, double minutes, std::uint32_t seed);

} // namespace lipsync

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <initializer_list>
#include <span>

namespace lipsync::cli {

/// Whether a file is meant to be a NumPy array: by its first bytes, or by its name where it has none of them.
bool isArrayFile(const std::filesystem::path& file);

/// Refuses an array's output before anything is computed: one of the inputs (Usage), a file that is there and is no
/// array (InvalidInput), or a folder that is not there (Resource). An older array may be replaced.
Status checkArrayOutput(const std::filesystem::path& output, std::initializer_list<std::filesystem::path> inputs);

/// Writes float32 values and says so on standard output: "mel.npy: float32 [161, 80]".
Status writeArray(const std::filesystem::path& file, std::span<const std::size_t> shape, std::span<const float> values);

} // namespace lipsync::cli

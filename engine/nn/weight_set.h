// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "nn/weight_values.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lipsync::nn {

/// A named tensor of a network on the host, float32 row-major. Integer and half tensors of files are widened.
struct Weight {
    std::vector<std::int64_t> shape; ///< empty for a single number
    WeightValues values; ///< product(shape) numbers
};

/// All tensors of one network by state_dict name, sorted as bytes.
using WeightSet = std::map<std::string, Weight>;

/// Largest weights file that is accepted: 2 GiB.
inline constexpr std::size_t kMaxWeightFileBytes = std::size_t{2} << 30;

/// Reads a safetensors file (8-byte little-endian header length, JSON header, raw data); F64, F32, F16, BF16 and
/// integer tensors become float32. Every offset, size and name is checked; NaN and infinities are refused by name.
/// Float32 tensors are views of the mapped file. Format: the safetensors project's README.
Result<WeightSet> readSafetensors(const std::filesystem::path& file);

/// The same from memory; errors are phrases without the file's name.
Result<WeightSet> parseSafetensors(std::span<const char> bytes);

/// How numbers lie in a weights file. Float16 halves the file and rounds to 11 bits.
enum class WeightStorage { Float32, Float16 };

/// Writes safetensors with `metadata` (may be empty), by way of a .part neighbour.
Status writeSafetensors(const std::filesystem::path& file, const WeightSet& weights,
                        WeightStorage storage = WeightStorage::Float32,
                        const std::map<std::string, std::string>& metadata = {});

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace lipsync {

/// An array of numbers read from a NumPy file, converted to float32, row-major.
struct NpyArray {
    std::vector<std::size_t> shape;
    std::vector<float> values; ///< product(shape) numbers
};

/// Largest array readNpy accepts, in elements: 2^28 (1 GiB of float32).
inline constexpr std::size_t kNpyMaxElements = std::size_t{1} << 28;

/// Reads an NPY file (versions 1–3, C order, little-endian f2/f4/f8, i1/i2/i4/i8, u1) as float32.
/// Format: NumPy's `numpy.lib.format`. Refuses anything else, and files shorter than their header says.
Result<NpyArray> readNpy(const std::filesystem::path& file);

/// An array of bytes (dtype u1) as it lies in the file.
struct NpyBytes {
    std::vector<std::size_t> shape;
    std::vector<std::uint8_t> values; ///< product(shape) bytes
};

/// Reads an NPY file of bytes without widening them; refuses other types.
Result<NpyBytes> readNpyBytes(const std::filesystem::path& file);

/// The same for a file's content already in memory; `name` stands for the file in messages.
Result<NpyArray> parseNpy(std::span<const char> content, std::string_view name);

/// Writes float32 values row-major as an NPY version 1.0 file, replacing the file when whole.
Status writeNpy(const std::filesystem::path& file, std::span<const std::size_t> shape, std::span<const float> values);

/// The same for bytes (dtype u1).
Status writeNpy(const std::filesystem::path& file, std::span<const std::size_t> shape,
                std::span<const std::uint8_t> values);

} // namespace lipsync

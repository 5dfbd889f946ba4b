// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/weight_values.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace lipsync::nn {

/// How numbers lie in weights files, little-endian.
enum class NumberType { Float32, Float64, Float16, BFloat16, Int64, Int32, Int16, Int8, UInt8, Bool };

/// "float32", "bfloat16", "bool", …
std::string_view toString(NumberType type);
std::size_t bytesOf(NumberType type);
/// By the names of safetensors: "F32", "BF16", "I64", "BOOL", …
std::optional<NumberType> numberTypeOfSafetensors(std::string_view name);
/// By the names of PyTorch's storages: "FloatStorage", "BFloat16Storage", "LongStorage", …
std::optional<NumberType> numberTypeOfStorage(std::string_view name);

/// Widens `count` numbers, each `step` numbers behind the one before; `from` need not be aligned.
void widen(NumberType type, const char* from, std::size_t count, std::size_t step, float* to);

/// Whether none is NaN or infinite.
bool allFinite(std::span<const float> numbers);

/// The floating point type of a file's tensors: its name, "mixed" of several, "" of none.
std::string commonFloatType(const std::set<NumberType>& types);

/// Memory that reading one file may take beyond the file itself.
class MemoryBudget {
public:
    /// Three times the file: its mapping makes four. Small files get eight megabytes.
    explicit MemoryBudget(std::size_t fileBytes);
    /// Whether `bytes` more are allowed; counts them.
    bool take(std::size_t bytes);

private:
    std::size_t m_left;
};

/// `count` numbers that lie one after the other from `from` on: a view where float32 can be read in place, else widened.
/// Empty optional when the budget does not allow it.
std::optional<WeightValues> valuesAt(NumberType type, const char* from, std::size_t count,
                                     const std::shared_ptr<const void>& owner, MemoryBudget& budget);

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/weight_set.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace lipsync::nn {

/// The ways in which networks' weights are found in files.
enum class CheckpointFormat {
    Safetensors,
    Zip, ///< torch.save() since PyTorch 1.6: a pickle and its storages in an archive
    Legacy, ///< torch.save() before: pickles one after the other, and the storages behind them
    TorchScript, ///< torch.jit.save(): as Zip, with program code, which is never read here
};

/// "safetensors", "PyTorch", "PyTorch before 1.6", "TorchScript".
std::string_view toString(CheckpointFormat format);

/// Weights read from a file, under the names that the networks here have (specification section 5.4).
struct Checkpoint {
    CheckpointFormat format = CheckpointFormat::Safetensors;
    WeightSet weights; ///< may be views of the mapped file
    std::string wrapper; ///< the entry of the file's dictionary that held them, or empty; "a.b" inside one another
    std::string prefix; ///< what was taken off every name, e.g. "module.", or empty
    bool mappedDialect = false; ///< names were those of another dialect of the network
    std::string numberType; ///< "float32", "float16", …, or "mixed", of the floating point tensors in the file
    std::size_t fileBytes = 0;
};

/// Reads the weights of a network from whatever file holds them, told by its content: safetensors, PyTorch's two formats
/// (wrapped, prefixed or in another dialect), TorchScript's parameters. Nothing in the file is ever executed; every
/// size, offset, stride, count and depth is bounded; memory stays below four times the file; tensors that are not wanted
/// (an optimiser's) are not read. InvalidInput says what the file is instead, which tensor is the first one missing when
/// it is truncated, and which one holds NaN or infinity. Specification sections 5.3 to 5.6.
Result<Checkpoint> readCheckpoint(const std::filesystem::path& file);

/// The same from memory, which `owner` keeps; errors are phrases without the file's name.
Result<Checkpoint> parseCheckpoint(std::span<const char> bytes, std::shared_ptr<const void> owner);

} // namespace lipsync::nn

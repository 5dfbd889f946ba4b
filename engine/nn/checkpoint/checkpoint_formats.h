// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The formats that readCheckpoint() tells apart. Names are still those of the file.

#include "nn/checkpoint/checkpoint.h"
#include "nn/checkpoint/pickled_tensor.h"
#include "nn/checkpoint/state_dict.h"

#include <functional>
#include <set>

namespace lipsync::nn {

/// A file's bytes, and what keeps them.
struct FileBytes {
    std::span<const char> bytes;
    std::shared_ptr<const void> owner;
};

/// Weights under the file's own names, and the types their numbers had.
struct StoredWeights {
    WeightSet weights;
    std::set<NumberType> types;
};

// Errors of all of these are phrases without the file's name.
Result<StoredWeights> readSafetensorsBytes(const FileBytes& file);
Result<Checkpoint> readZipCheckpoint(const FileBytes& file);
Result<Checkpoint> readLegacyCheckpoint(const FileBytes& file);
bool isLegacyCheckpoint(std::span<const char> bytes);

/// The bytes of a storage, or why there are none: a phrase for behind the tensor's name.
using StorageBytes = std::function<Result<std::span<const char>>(const PickledStorage&)>;

/// Widens every tensor of `state`; all of them are good, or the error names the first that is not.
Result<Checkpoint> readTensors(const PickleTree& tree, const StateDict& state, const StorageBytes& storageBytes,
                               const std::shared_ptr<const void>& owner, MemoryBudget& memory);

/// The storages that a pickle names, by their keys. Those of unknown types are left out.
std::map<std::string_view, PickledStorage> storagesOf(const PickleTree& tree);

/// The refusal of a file that ends too soon: names the first tensor of it whose storage is not `present`, and the one in
/// whose storage, called `cut`, the file ends.
Error truncatedBefore(const PickleTree& tree, const std::set<std::string_view>& present, std::string_view cut);
/// The same where the description of the tensors itself ends too soon or is broken.
Error brokenPickle(const PickleProblem& problem);

/// What a file is that is no checkpoint, as a phrase that begins with "it is".
std::string describeOtherFile(std::span<const char> bytes);

} // namespace lipsync::nn

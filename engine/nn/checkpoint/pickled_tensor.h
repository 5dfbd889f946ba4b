// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/checkpoint/pickle.h"
#include "nn/weight_set.h"

namespace lipsync::nn {

/// A storage as a pickle speaks of it: ("storage", type, key, location, element count[, view]).
struct PickledStorage {
    std::string_view key; ///< names the bytes
    NumberType type = NumberType::Float32;
    std::int64_t elements = 0;
    std::int64_t viewOffset = 0; ///< elements of the storage in front of this one, where it is a part (legacy files)
};

/// A tensor as a pickle describes it: numbers of a storage, in elements of it. Checked: nothing is negative, the
/// numbers of `sizes` multiply to `elements`, and the last one lies in the storage.
struct PickledTensor {
    PickledStorage storage;
    std::int64_t offset = 0;
    std::vector<std::int64_t> sizes, strides;
    std::size_t elements = 0;

    bool isContiguous() const;
};

inline constexpr std::size_t kMaxTensorDimensions = 8;

/// Whether the value is the call that makes a tensor, of whatever kind.
bool isPickledTensor(const PickleTree& tree, const PickleValue& value);

/// InvalidInput, a phrase for behind the tensor's name, when it is of an unknown kind or its numbers do not fit.
Result<PickledStorage> readStorage(const PickleTree& tree, const PickleValue& persistent);
Result<PickledTensor> readTensor(const PickleTree& tree, const PickleValue& value);

/// Widens the tensor's numbers out of its storage's `bytes`, which `owner` keeps; in place where that is possible.
/// InvalidInput, a phrase, when the storage is too short, memory would grow out of proportion or a number is not finite.
Result<Weight> weightOf(const PickledTensor& tensor, std::span<const char> bytes,
                        const std::shared_ptr<const void>& owner, MemoryBudget& memory);

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/checkpoint/pickle.h"
#include "nn/weight_set.h"

namespace lipsync::nn {

/// Where the weights are inside a pickled object.
struct StateDict {
    struct Entry {
        std::string name; ///< as in the file
        PickleValue tensor;
    };
    std::vector<Entry> entries; ///< in the file's order
    std::string wrapper; ///< dictionary entries around them, from the outside in, joined by '.'
};

inline constexpr std::size_t kMaxTensors = 100'000;

/// Finds the dictionary of tensors: unwraps state_dict, model_state_dict, model, net, generator, params (section 5.4),
/// and follows the modules of pickled and of TorchScript networks. InvalidInput, a phrase, says what there is instead.
Result<StateDict> findStateDict(const PickleTree& tree);

/// What canonicalNames() changed.
struct NameChanges {
    std::string prefix;
    bool mappedDialect = false;
};

/// Renames the tensors to the names of our networks: strips prefixes that all of them share, maps the dialects of
/// section 5.4, and puts `audio_encoder.` before those of a bare AVE encoder (1.8). InvalidInput, a phrase, when two
/// tensors would get the same name.
Result<NameChanges> canonicalNames(WeightSet& weights);

} // namespace lipsync::nn

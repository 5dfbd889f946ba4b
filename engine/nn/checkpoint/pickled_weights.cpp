// SPDX-License-Identifier: GPL-3.0-or-later
// What PyTorch's two formats have in common: tensors that a pickle describes and storages beside it.
#include "nn/checkpoint/checkpoint_formats.h"

namespace lipsync::nn {

Result<Checkpoint> readTensors(const PickleTree& tree, const StateDict& state, const StorageBytes& storageBytes,
                               const std::shared_ptr<const void>& owner, MemoryBudget& memory)
{
    Checkpoint checkpoint;
    checkpoint.wrapper = state.wrapper;
    std::set<NumberType> types;
    for (const auto& [name, value] : state.entries) {
        const auto bad = [&tensor = name](const Error& why) {
            return failure(why.code, fmt::format("tensor {} {}", tensor, why.message));
        };
        const auto tensor = readTensor(tree, value);
        if (!tensor)
            return bad(tensor.error());
        const auto bytes = storageBytes(tensor->storage);
        if (!bytes)
            return bad(bytes.error());
        auto weight = weightOf(*tensor, *bytes, owner, memory);
        if (!weight)
            return bad(weight.error());
        types.insert(tensor->storage.type);
        checkpoint.weights.insert_or_assign(name, std::move(*weight));
    }
    checkpoint.numberType = commonFloatType(types);
    return checkpoint;
}

std::map<std::string_view, PickledStorage> storagesOf(const PickleTree& tree)
{
    std::map<std::string_view, PickledStorage> storages;
    for (const auto& persistent : tree.persistents()) {
        if (const auto storage = readStorage(tree, persistent))
            storages.emplace(storage->key, *storage);
    }
    return storages;
}

Error truncatedBefore(const PickleTree& tree, const std::set<std::string_view>& present, std::string_view cut)
{
    const auto state = findStateDict(tree);
    if (!state)
        return {ErrorCode::InvalidInput, "it is truncated, and " + state.error().message, {}};
    std::size_t missing = 0;
    std::string first, ends;
    for (const auto& [name, value] : state->entries) {
        const auto tensor = readTensor(tree, value);
        if (tensor && present.contains(tensor->storage.key))
            continue;
        if (missing++ == 0)
            first = name;
        if (ends.empty() && tensor && !cut.empty() && tensor->storage.key == cut)
            ends = fmt::format(" (the file ends in {})", name);
    }
    if (missing == 0)
        return {ErrorCode::InvalidInput, "it is truncated behind its weights: copy or download it again", {}};
    return {ErrorCode::InvalidInput,
            fmt::format("it is truncated: the tensor {} is the first one missing, {} of {} are{}. Copy or download it "
                        "again",
                        first, missing, state->entries.size(), ends),
            {}};
}

Error brokenPickle(const PickleProblem& problem)
{
    if (!problem.truncated)
        return {ErrorCode::InvalidInput, problem.why, {}};
    const auto first = problem.firstName.empty()
        ? std::string()
        : fmt::format(", and the tensor {} is the first one missing", problem.firstName);
    return {ErrorCode::InvalidInput,
            fmt::format("it is truncated: {}{}. Copy or download it again", problem.why, first),
            {}};
}

} // namespace lipsync::nn

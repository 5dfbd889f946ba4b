// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/checkpoint/state_dict.h"

#include "nn/checkpoint/pickled_tensor.h"

#include <algorithm>

#include <fmt/ranges.h>

namespace lipsync::nn {

namespace {

constexpr std::string_view kWrappers[] = {"state_dict", "model_state_dict", "model", "net", "generator", "params"};
constexpr int kMaxWrappings = 4;
constexpr std::size_t kMaxModuleDepth = 32;
constexpr std::size_t kMaxModules = 20'000;
constexpr std::size_t kMaxNameBytes = 1024;
constexpr std::size_t kListedKeys = 6;

constexpr std::string_view kAlwaysStripped[] = {"module.", "_orig_mod."};
/// Stripped where one of our networks appears behind them: another network's names are left as they are.
constexpr std::string_view kSometimesStripped[] = {"model.", "net.", "generator."};
constexpr int kMaxPrefixes = 4;

/// First parts of the names of the networks that are known here (key tables of the specification).
constexpr std::string_view kKnownFirstParts[] = {
    "inc.",           "down1.",        "audio_model.", "fuse_conv.", "outc.",         "face_encoder_blocks.",
    "audio_encoder.", "output_block.", "netcnnaud.",   "netcnnlip.", "face_encoder.", "0.conv_block.",
    "module.",        "_orig_mod."};

constexpr std::pair<std::string_view, std::string_view> kDialects[] = {
    {"inc.inconv.conv.", "inc.inconv.0.conv."},
    {"maxpool_conv.double_conv.", "maxpool_conv.0.double_conv."},
};

constexpr std::string_view kBareEncoderFirst = "0.conv_block.0.weight";
constexpr std::string_view kEncoderPrefix = "audio_encoder.";

tl::unexpected<Error> bad(std::string why)
{
    return failure(ErrorCode::InvalidInput, std::move(why));
}

bool holdsTensors(const PickleTree& tree, const PickleValue& dictionary)
{
    const auto& items = tree.node(dictionary).items;
    for (std::size_t i = 1; i < items.size(); i += 2) {
        if (isPickledTensor(tree, items[i]))
            return true;
    }
    return false;
}

/// Whether the value can hold tensors: a dictionary or an object.
bool isContainer(const PickleTree& tree, const PickleValue& value)
{
    return value.kind == PickleKind::Dict || (value.kind == PickleKind::Call && !isPickledTensor(tree, value));
}

/// The entries of a dictionary for a person: 'epoch', 'args' and 3 more.
std::string keysOf(const PickleTree& tree, const PickleValue& dictionary)
{
    const auto& items = tree.node(dictionary).items;
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < items.size() && keys.size() < kListedKeys; i += 2) {
        if (items[i].kind == PickleKind::Text)
            keys.push_back(fmt::format("'{}'", items[i].text.substr(0, 60)));
    }
    return keys.empty() ? std::string("nothing that has a name") : fmt::format("{}", fmt::join(keys, ", "));
}

/// Collects the tensors of a pickled module (its _parameters, _buffers and _modules) or of a TorchScript one (its
/// attributes).
class ModuleWalk {
public:
    ModuleWalk(const PickleTree& tree, StateDict& found)
        : m_tree(tree)
        , m_found(found)
    {
    }

    Status visit(const PickleValue& module, const std::string& prefix, std::size_t depth)
    {
        if (depth > kMaxModuleDepth || ++m_visited > kMaxModules)
            return bad("its modules are nested deeper than those of any network");
        const auto& state = m_tree.node(module).state;
        const bool python = m_tree.entry(state, "_modules") != nullptr;
        if (!python)
            return visitEntries(state, prefix, depth);
        for (const char* part : {"_parameters", "_buffers", "_modules"}) {
            if (const auto* entries = m_tree.entry(state, part)) {
                if (auto visited = visitEntries(*entries, prefix, depth); !visited)
                    return visited;
            }
        }
        return {};
    }

private:
    Status visitEntries(const PickleValue& dictionary, const std::string& prefix, std::size_t depth)
    {
        if (dictionary.kind != PickleKind::Dict)
            return {};
        const auto& items = m_tree.node(dictionary).items;
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            if (items[i].kind != PickleKind::Text || prefix.size() + items[i].text.size() > kMaxNameBytes)
                continue;
            const auto name = prefix + std::string(items[i].text);
            const auto& value = items[i + 1];
            if (isPickledTensor(m_tree, value)) {
                if (m_found.entries.size() >= kMaxTensors)
                    return bad("it holds too many tensors");
                m_found.entries.push_back({name, value});
            } else if (value.kind == PickleKind::Call) {
                if (auto visited = visit(value, name + ".", depth + 1); !visited)
                    return visited;
            }
        }
        return {};
    }

    const PickleTree& m_tree;
    StateDict& m_found;
    std::size_t m_visited = 0;
};

Status collectEntries(const PickleTree& tree, const PickleValue& dictionary, StateDict& found)
{
    const auto& items = tree.node(dictionary).items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (!isPickledTensor(tree, items[i + 1]))
            continue;
        if (items[i].kind != PickleKind::Text)
            return bad("it has a tensor without a name");
        if (items[i].text.empty() || items[i].text.size() > kMaxNameBytes)
            return bad("it has a tensor whose name is empty or longer than any");
        if (found.entries.size() >= kMaxTensors)
            return bad("it holds too many tensors");
        found.entries.push_back({std::string(items[i].text), items[i + 1]});
    }
    return {};
}

std::string withoutTensors(const PickleTree& tree, const PickleValue& value)
{
    switch (value.kind) {
    case PickleKind::Dict:
        return fmt::format("it holds no weights under a name that is known, only {}", keysOf(tree, value));
    case PickleKind::Tuple:
    case PickleKind::List:
        return "it holds a list instead of named tensors";
    case PickleKind::Call: {
        const auto name = tree.globalName(value);
        return fmt::format("it holds an object of the Python class {} instead of named tensors. Save its state_dict()",
                           name.empty() ? "of no name" : name);
    }
    default:
        return "it holds a single value instead of named tensors";
    }
}

bool allStartWith(const WeightSet& weights, std::string_view prefix)
{
    return !weights.empty() && std::ranges::all_of(weights, [&](const auto& tensor) {
        return tensor.first.size() > prefix.size() && tensor.first.starts_with(prefix);
    });
}

bool isKnownBehind(const WeightSet& weights, std::size_t length)
{
    return std::ranges::any_of(weights, [&](const auto& tensor) {
        const auto rest = std::string_view(tensor.first).substr(length);
        return std::ranges::any_of(kKnownFirstParts, [&](std::string_view part) { return rest.starts_with(part); });
    });
}

/// The prefix that all names should lose, or "".
std::string_view nextPrefix(const WeightSet& weights)
{
    for (const auto prefix : kAlwaysStripped) {
        if (allStartWith(weights, prefix))
            return prefix;
    }
    for (const auto prefix : kSometimesStripped) {
        if (allStartWith(weights, prefix) && isKnownBehind(weights, prefix.size()))
            return prefix;
    }
    return {};
}

/// Gives every tensor the name that rename(old name) makes.
template <typename Rename> Status renameAll(WeightSet& weights, const Rename& rename)
{
    WeightSet renamed;
    while (!weights.empty()) {
        auto tensor = weights.extract(weights.begin());
        tensor.key() = rename(tensor.key());
        if (const auto inserted = renamed.insert(std::move(tensor)); !inserted.inserted)
            return bad(fmt::format("two of its tensors would be called {}", inserted.position->first));
    }
    weights = std::move(renamed);
    return {};
}

std::string inOurDialect(std::string name, bool& mapped)
{
    for (const auto& [theirs, ours] : kDialects) {
        if (const auto at = name.find(theirs); at != std::string::npos) {
            name.replace(at, theirs.size(), ours);
            mapped = true;
        }
    }
    return name;
}

} // namespace

Result<StateDict> findStateDict(const PickleTree& tree)
{
    StateDict found;
    PickleValue at = tree.root();
    for (int depth = 0; at.kind == PickleKind::Dict && depth < kMaxWrappings; ++depth) {
        const PickleValue* inner = nullptr;
        for (const auto wrapper : kWrappers) {
            const auto* entry = tree.entry(at, wrapper);
            if (entry && isContainer(tree, *entry)) {
                found.wrapper.append(found.wrapper.empty() ? "" : ".").append(wrapper);
                inner = entry;
                break;
            }
        }
        if (!inner)
            break;
        at = *inner;
    }
    Status collected;
    if (at.kind == PickleKind::Dict && holdsTensors(tree, at))
        collected = collectEntries(tree, at, found);
    else if (isContainer(tree, at) && at.kind == PickleKind::Call)
        collected = ModuleWalk(tree, found).visit(at, "", 0);
    if (!collected)
        return failure(collected);
    if (found.entries.empty())
        return bad(withoutTensors(tree, at));
    return found;
}

Result<NameChanges> canonicalNames(WeightSet& weights)
{
    NameChanges changes;
    for (int i = 0; i < kMaxPrefixes; ++i) {
        const auto prefix = nextPrefix(weights);
        if (prefix.empty())
            break;
        changes.prefix += prefix;
        if (auto renamed = renameAll(weights, [&](const auto& name) { return name.substr(prefix.size()); }); !renamed)
            return failure(renamed);
    }
    const bool bareEncoder = weights.contains(std::string(kBareEncoderFirst));
    const auto renamed = renameAll(weights, [&](const std::string& name) {
        return bareEncoder ? std::string(kEncoderPrefix) + name : inOurDialect(name, changes.mappedDialect);
    });
    if (!renamed)
        return failure(renamed);
    return changes;
}

} // namespace lipsync::nn

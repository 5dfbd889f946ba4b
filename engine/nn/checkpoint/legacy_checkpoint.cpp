// SPDX-License-Identifier: GPL-3.0-or-later
// PyTorch's format before 1.6: pickles one after the other, then the storages (specification section 5.5).
#include "nn/checkpoint/checkpoint_formats.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace lipsync::nn {

namespace {

/// Opcodes PROTO 2, LONG1 of ten bytes, and 0x1950a86a20f9469cfc6c of which they are the bytes.
constexpr std::string_view kMagic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 14);
constexpr std::size_t kMagicNumberBegin = 2; ///< behind the protocol, which may be another one
constexpr std::int64_t kProtocol = 1001;

tl::unexpected<Error> bad(std::string why)
{
    return failure(ErrorCode::InvalidInput, std::move(why));
}

/// Takes one pickle off the front of `bytes`.
Result<PickleTree> nextPickle(std::span<const char>& bytes, MemoryBudget& memory)
{
    auto tree = unpickle(bytes, memory);
    if (!tree)
        return tl::unexpected(brokenPickle(tree.error()));
    bytes = bytes.subspan(tree->length());
    return std::move(*tree);
}

Status checkHeader(const PickleTree& protocol, const PickleTree& system)
{
    if (protocol.root().kind != PickleKind::Int || protocol.root().integer != kProtocol)
        return bad("it is of a version of PyTorch's old format that is not known. Save it anew with torch.save()");
    const auto* little = system.entry(system.root(), "little_endian");
    if (little && little->kind == PickleKind::Bool && little->integer == 0)
        return bad("it was saved on a big-endian machine. Save it anew on an ordinary one");
    return {};
}

/// The storages behind the pickles, as far as the file goes.
struct Storages {
    std::map<std::string_view, std::span<const char>> whole;
    std::optional<std::string_view> cut; ///< the first one that is not whole
};

/// For each key there is the number of elements (8 bytes), and then they themselves.
Result<Storages> readStorages(std::span<const char> bytes, const PickleTree& keys, const PickleTree& object)
{
    const auto known = storagesOf(object);
    Storages storages;
    for (const auto& key : keys.elements(keys.root())) {
        const auto storage = key.kind == PickleKind::Text ? known.find(key.text) : known.end();
        if (storage == known.end())
            return bad("it lists a storage that no tensor is of, or one of an unknown type");
        storages.cut = key.text;
        std::int64_t count = 0;
        if (bytes.size() < sizeof count)
            return storages;
        std::memcpy(&count, bytes.data(), sizeof count);
        if (count != storage->second.elements)
            return bad(
                fmt::format("it is damaged: a storage has {} numbers instead of {}", count, storage->second.elements));
        bytes = bytes.subspan(sizeof count);
        const auto length = static_cast<std::size_t>(count) * bytesOf(storage->second.type);
        if (length > bytes.size())
            return storages;
        storages.whole.emplace(key.text, bytes.first(length));
        bytes = bytes.subspan(length);
        storages.cut.reset();
    }
    return storages;
}

} // namespace

bool isLegacyCheckpoint(std::span<const char> bytes)
{
    const std::string_view text(bytes.data(), bytes.size());
    return text.starts_with(kMagic[0]) &&
        text.substr(std::min(text.size(), kMagicNumberBegin)).starts_with(kMagic.substr(kMagicNumberBegin));
}

Result<Checkpoint> readLegacyCheckpoint(const FileBytes& file)
{
    MemoryBudget memory(file.bytes.size());
    auto rest = file.bytes;
    const auto magic = nextPickle(rest, memory);
    if (!magic)
        return failure(magic);
    const auto protocol = nextPickle(rest, memory);
    if (!protocol)
        return failure(protocol);
    const auto system = nextPickle(rest, memory);
    if (!system)
        return failure(system);
    if (auto header = checkHeader(*protocol, *system); !header)
        return failure(header);
    const auto object = nextPickle(rest, memory);
    if (!object)
        return failure(object);
    const auto keys = unpickle(rest, memory);
    if (!keys && keys.error().truncated)
        return tl::unexpected(truncatedBefore(*object, {}, {}));
    if (!keys)
        return tl::unexpected(brokenPickle(keys.error()));

    const auto storages = readStorages(rest.subspan(keys->length()), *keys, *object);
    if (!storages)
        return failure(storages);
    if (storages->cut) {
        std::set<std::string_view> present;
        for (const auto& [key, bytes] : storages->whole)
            present.insert(key);
        return tl::unexpected(truncatedBefore(*object, present, *storages->cut));
    }
    const auto state = findStateDict(*object);
    if (!state)
        return failure(state);
    const auto storageBytes = [&](const PickledStorage& storage) -> Result<std::span<const char>> {
        const auto found = storages->whole.find(storage.key);
        if (found == storages->whole.end())
            return bad("has no numbers: its storage is not in the file");
        return found->second;
    };
    auto checkpoint = readTensors(*object, *state, storageBytes, file.owner, memory);
    if (checkpoint)
        checkpoint->format = CheckpointFormat::Legacy;
    return checkpoint;
}

} // namespace lipsync::nn

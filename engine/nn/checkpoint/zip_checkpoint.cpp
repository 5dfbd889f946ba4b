// SPDX-License-Identifier: GPL-3.0-or-later
// PyTorch's format since 1.6, and TorchScript's parameters (specification section 5.3).
#include "nn/checkpoint/checkpoint_formats.h"
#include "nn/checkpoint/zip_archive.h"

#include <algorithm>

namespace lipsync::nn {

namespace {

constexpr std::string_view kPickle = "data.pkl";
constexpr std::string_view kStorages = "data/";
/// How far apart members may lie: PyTorch pads them to 64 bytes, or to what it is told.
constexpr std::size_t kMaxGap = 1 << 16;

tl::unexpected<Error> bad(std::string why)
{
    return failure(ErrorCode::InvalidInput, std::move(why));
}

/// The folder of the archive's data.pkl, with its slash; empty optional when there is none.
std::optional<std::string> topFolder(const ZipArchive& archive)
{
    for (const auto& [name, member] : archive.members()) {
        if (name == kPickle)
            return std::string();
        if (name.ends_with(kPickle) && name.find('/') == name.size() - kPickle.size() - 1)
            return std::string(name.substr(0, name.size() - kPickle.size()));
    }
    return {};
}

/// What a zip archive without data.pkl is.
std::string describeOtherArchive(const ZipArchive& archive)
{
    struct Sign {
        std::string_view ending, says;
    };
    constexpr Sign kSigns[] = {
        {"[Content_Types].xml", "it is an office document"},
        {"AndroidManifest.xml", "it is an app"},
        {".npy", "it is a NumPy archive (.npz) and not a PyTorch checkpoint"},
        {"model.weights.h5", "it is a Keras model; weights of PyTorch are needed"},
    };
    for (const auto& [name, member] : archive.members()) {
        for (const auto& [ending, says] : kSigns) {
            if (name.ends_with(ending))
                return std::string(says);
        }
        for (const std::string_view ending : {".pth", ".pt", ".ckpt", ".safetensors"}) {
            if (name.ends_with(ending))
                return fmt::format("it is a zip archive around {}: unpack it first", name);
        }
    }
    return fmt::format("it is a zip archive, but not a PyTorch checkpoint: it has no {}", kPickle);
}

/// Names what is missing of an archive that has lost its end: members are found one behind the other, data.pkl first.
Error describeTruncated(const FileBytes& file, MemoryBudget& memory, const Error& otherwise)
{
    const auto first = zipHeaderAt(file.bytes, 0);
    if (!first || !first->name.ends_with(kPickle) || first->dataOffset > file.bytes.size())
        return otherwise;
    const auto tree = unpickle(file.bytes.subspan(first->dataOffset), memory);
    if (!tree)
        return brokenPickle(tree.error());
    const auto folder = first->name.substr(0, first->name.size() - kPickle.size());
    const auto storages = storagesOf(*tree);
    std::set<std::string_view> present;
    std::size_t at = first->dataOffset + tree->length();
    while (at < file.bytes.size()) {
        const auto rest = std::string_view(file.bytes.data() + at, file.bytes.size() - at).substr(0, kMaxGap);
        const auto gap = rest.find("PK\x03\x04");
        if (gap == std::string_view::npos)
            break;
        const auto member = zipHeaderAt(file.bytes, at + gap);
        if (!member || member->dataOffset > file.bytes.size())
            break;
        at = member->dataOffset;
        if (!member->name.starts_with(folder) || !member->name.substr(folder.size()).starts_with(kStorages))
            continue;
        const auto storage = storages.find(member->name.substr(folder.size() + kStorages.size()));
        if (storage == storages.end())
            continue;
        const auto bytes = static_cast<std::size_t>(storage->second.elements) * bytesOf(storage->second.type);
        if (bytes > file.bytes.size() - at)
            return truncatedBefore(*tree, present, storage->first);
        present.insert(storage->first);
        at += bytes;
    }
    return present.size() == storages.size() ? otherwise : truncatedBefore(*tree, present, {});
}

/// The bytes of a storage, which are exactly as many as the pickle says.
Result<std::span<const char>> storageBytes(const ZipArchive& archive, const std::string& folder,
                                           const PickledStorage& storage)
{
    const auto name = fmt::format("{}{}{}", folder, kStorages, storage.key);
    if (!archive.contains(name))
        return bad(fmt::format("has no numbers: the archive lacks {}", name));
    const auto bytes = archive.content(name);
    if (!bytes)
        return bad(fmt::format("cannot be read: {}", bytes.error().message));
    const auto expected = static_cast<std::size_t>(storage.elements) * bytesOf(storage.type);
    if (bytes->size() != expected)
        return bad(fmt::format("has {} bytes of numbers instead of {}", bytes->size(), expected));
    return bytes;
}

Status checkByteOrder(const ZipArchive& archive, const std::string& folder)
{
    if (!archive.contains(folder + "byteorder"))
        return {};
    const auto order = archive.content(folder + "byteorder");
    if (order && std::string_view(order->data(), order->size()).starts_with("big"))
        return bad("it was saved on a big-endian machine. Save it anew on an ordinary one");
    return {};
}

} // namespace

Result<Checkpoint> readZipCheckpoint(const FileBytes& file)
{
    MemoryBudget memory(file.bytes.size());
    const auto archive = ZipArchive::parse(file.bytes);
    if (!archive)
        return tl::unexpected(describeTruncated(file, memory, archive.error()));
    const auto folder = topFolder(*archive);
    if (!folder)
        return bad(describeOtherArchive(*archive));
    if (auto order = checkByteOrder(*archive, *folder); !order)
        return failure(order);
    const auto pickle = archive->content(*folder + std::string(kPickle));
    if (!pickle)
        return failure(pickle);
    const auto tree = unpickle(*pickle, memory);
    if (!tree) {
        auto problem = brokenPickle(tree.error());
        if (!archive->checksumFits(*folder + std::string(kPickle)))
            problem.message = "it is damaged (the checksum of data.pkl is wrong): " + problem.message;
        return tl::unexpected(std::move(problem));
    }
    const auto state = findStateDict(*tree);
    if (!state)
        return failure(state);
    auto checkpoint = readTensors(
        *tree, *state, [&](const PickledStorage& storage) { return storageBytes(*archive, *folder, storage); },
        file.owner, memory);
    if (!checkpoint)
        return checkpoint;
    const bool script = std::ranges::any_of(
        archive->members(), [&](const auto& member) { return member.first.starts_with(*folder + "code/"); });
    checkpoint->format = script ? CheckpointFormat::TorchScript : CheckpointFormat::Zip;
    return checkpoint;
}

} // namespace lipsync::nn

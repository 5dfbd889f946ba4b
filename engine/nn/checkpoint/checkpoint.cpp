// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/checkpoint/checkpoint.h"

#include "base/mapped_file.h"
#include "nn/checkpoint/checkpoint_formats.h"

#include <cstring>

namespace lipsync::nn {

namespace {

constexpr std::string_view kZipMark("PK\x03\x04", 4);

bool isZip(std::span<const char> bytes)
{
    return bytes.size() >= kZipMark.size() && std::memcmp(bytes.data(), kZipMark.data(), kZipMark.size()) == 0;
}

/// Eight bytes that say how long the JSON object is which follows.
bool isSafetensors(std::span<const char> bytes)
{
    constexpr std::uint64_t kLongestHeader = std::uint64_t{100} << 20;
    std::uint64_t length = 0;
    if (bytes.size() <= sizeof length)
        return false;
    std::memcpy(&length, bytes.data(), sizeof length);
    return length >= 2 && length <= kLongestHeader && bytes[sizeof length] == '{';
}

Result<Checkpoint> readSafetensorsCheckpoint(const FileBytes& file)
{
    auto stored = readSafetensorsBytes(file);
    if (!stored)
        return failure(stored);
    Checkpoint checkpoint;
    checkpoint.weights = std::move(stored->weights);
    checkpoint.numberType = commonFloatType(stored->types);
    if (checkpoint.weights.empty())
        return failure(ErrorCode::InvalidInput, "it holds no tensors");
    return checkpoint;
}

Result<Checkpoint> readAnyFormat(const FileBytes& file)
{
    if (isZip(file.bytes))
        return readZipCheckpoint(file);
    if (isLegacyCheckpoint(file.bytes))
        return readLegacyCheckpoint(file);
    if (isSafetensors(file.bytes))
        return readSafetensorsCheckpoint(file);
    return failure(ErrorCode::InvalidInput, describeOtherFile(file.bytes));
}

} // namespace

std::string_view toString(CheckpointFormat format)
{
    switch (format) {
    case CheckpointFormat::Safetensors:
        return "safetensors";
    case CheckpointFormat::Zip:
        return "PyTorch";
    case CheckpointFormat::Legacy:
        return "PyTorch before 1.6";
    case CheckpointFormat::TorchScript:
        break;
    }
    return "TorchScript";
}

Result<Checkpoint> parseCheckpoint(std::span<const char> bytes, std::shared_ptr<const void> owner)
{
    auto checkpoint = readAnyFormat({bytes, std::move(owner)});
    if (!checkpoint)
        return checkpoint;
    const auto changes = canonicalNames(checkpoint->weights);
    if (!changes)
        return failure(changes);
    checkpoint->prefix = changes->prefix;
    checkpoint->mappedDialect = changes->mappedDialect;
    checkpoint->fileBytes = bytes.size();
    return checkpoint;
}

Result<Checkpoint> readCheckpoint(const std::filesystem::path& file)
{
    const auto mapped = MappedFile::open(file, kMaxWeightFileBytes);
    if (!mapped)
        return failure(mapped);
    auto checkpoint = parseCheckpoint((*mapped)->bytes(), *mapped);
    if (!checkpoint) {
        return failure(
            checkpoint.error().code,
            fmt::format("The weights file {} cannot be used: {}.", file.string(), checkpoint.error().message));
    }
    return checkpoint;
}

} // namespace lipsync::nn

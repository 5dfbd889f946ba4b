// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the tests of checkpoints share: bytes of both of PyTorch's formats, read or refused.

#include "nn/checkpoint/checkpoint.h"
#include "support/checkpoint_writer.h"

#include <QString>

namespace lipsync::test {

/// Reads bytes that are kept for as long as the views of them.
inline Result<nn::Checkpoint> read(const std::string& bytes)
{
    const auto kept = std::make_shared<const std::string>(bytes);
    return nn::parseCheckpoint(*kept, kept);
}

/// The sentence by which the bytes are refused; empty when they are read.
inline QString refusal(const std::string& bytes)
{
    const auto checkpoint = read(bytes);
    if (!checkpoint && checkpoint.error().code != ErrorCode::InvalidInput)
        return "of another kind: " + QString::fromStdString(checkpoint.error().message);
    return checkpoint ? QString() : QString::fromStdString(checkpoint.error().message);
}

using Writer = std::string (*)(const std::vector<FileTensor>&, const std::vector<std::string>&);
inline constexpr std::pair<const char*, Writer> kWriters[] = {{"zip", zipCheckpoint}, {"legacy", legacyCheckpoint}};

/// The tensor as another view of its storage.
inline FileTensor with(FileTensor tensor, std::vector<std::int64_t> sizes, std::vector<std::int64_t> strides,
                       std::int64_t offset = 0)
{
    tensor.sizes = std::move(sizes);
    tensor.strides = std::move(strides);
    tensor.offset = offset;
    return tensor;
}

} // namespace lipsync::test

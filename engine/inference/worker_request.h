// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "inference/model.h"
#include "scheduling/worker.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace lipsync::worker::v1 {
class PrepareRequest;
class RunRequest;
} // namespace lipsync::worker::v1

namespace lipsync::inference {

/// What both sides of worker_protocol.proto must have in common.
inline constexpr std::uint32_t kProtocolVersion = 1;

/// Largest values that are taken from the wire.
inline constexpr int kMaxRequestBatch = 64;
inline constexpr int kMaxRequestFrames = 100'000; ///< of a template
inline constexpr std::size_t kMaxRequestText = 4096; ///< bytes of a name or path
/// A batch of 64 windows of the largest audio mode, and of 64 pictures of the largest network, with room to spare.
inline constexpr int kMaxRequestBytes = 40 << 20;
inline constexpr int kMaxReplyBytes = 56 << 20;

/// A model as a client asks a worker of another process for it.
struct ModelRequest {
    scheduling::ModelId model = 0; ///< the client's number
    std::string name; ///< of the avatar
    std::string weightsHash; ///< SHA-256 as 64 lower-case hex digits
    std::filesystem::path weightsFile; ///< absolute; empty when the worker has to find the avatar itself
    std::filesystem::path cropsPath; ///< absolute; empty when the worker has to find the avatar itself
    nn::GeneratorSpec spec;
    int frameCount = 0; ///< of the template
    std::vector<int> batchSizes; ///< ascending, 1 to kMaxRequestBatch

    /// Whether both ask for the same network and template, for whatever batch sizes.
    bool isSameModel(const ModelRequest& other) const;
};

/// The checked content of a message; InvalidInput says which part of it makes no sense.
Result<ModelRequest> readModelRequest(const worker::v1::PrepareRequest& message);
/// The checked batch of a message, for a model of which it holds mouths. Batch::model stays the client's number.
Result<scheduling::Batch> readBatch(const worker::v1::RunRequest& message, const nn::GeneratorSpec& spec,
                                    int frameCount);

/// The same from a message's bytes on the wire.
Result<ModelRequest> parseModelRequest(std::span<const std::uint8_t> bytes);
Result<scheduling::Batch> parseBatch(std::span<const std::uint8_t> bytes, const nn::GeneratorSpec& spec,
                                     int frameCount);

/// Bytes on the wire of a request; parsing them gives the same request back.
std::vector<std::uint8_t> toWire(const ModelRequest& request);

/// Fills a message; the session is left to the caller.
void write(const ModelRequest& request, worker::v1::PrepareRequest& message);
/// Fills a message with a batch of MouthContent.
void write(const scheduling::Batch& batch, worker::v1::RunRequest& message);

} // namespace lipsync::inference

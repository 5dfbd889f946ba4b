// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: bytes from outside as the requests of worker_protocol.proto.
#include "inference/worker_request.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace lipsync;
    const std::span bytes(data, size);
    // What was accepted must be sent so that it is accepted again, unchanged.
    if (const auto request = inference::parseModelRequest(bytes)) {
        const auto again = inference::parseModelRequest(inference::toWire(*request));
        if (!again || !again->isSameModel(*request) || again->batchSizes != request->batchSizes)
            std::abort();
    }
    constexpr nn::GeneratorSpec kSpec{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 4};
    constexpr int kFrames = 4;
    if (const auto batch = inference::parseBatch(bytes, kSpec, kFrames)) {
        if (batch->contents.empty() || std::size_t(batch->paddedSize) < batch->contents.size() ||
            batch->paddedSize > inference::kMaxRequestBatch)
            std::abort();
        for (const auto& content : batch->contents) {
            const auto& mouth = static_cast<const inference::MouthContent&>(*content);
            if (mouth.templateFrame < 0 || mouth.templateFrame >= kFrames ||
                mouth.window.size() != kSpec.audioElements())
                std::abort();
        }
    }
    return 0;
}

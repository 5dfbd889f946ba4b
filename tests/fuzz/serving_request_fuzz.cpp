// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: bytes from outside as the requests that servers translate: tensors of ModelInfer, chunks of sound
// of the seed system's service, sound of our own.
#include "inference/grpc_setup.h"
#include "serving/audio_chunks.h"
#include "serving/infer_tensors.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <lipsync.pb.h>
#include <optimized_lipsyncsrv.pb.h>

namespace {

using namespace lipsync;

void require(bool isSo)
{
    if (!isSo)
        std::abort();
}

void requireSound(const std::vector<float>& samples)
{
    for (const float sample : samples)
        require(std::isfinite(sample) && std::abs(sample) <= 1);
}

void readTensors(const serving::kserve::ModelInferRequest& request)
{
    constexpr nn::GeneratorSpec kNetwork{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 4};
    static const serving::SharedRegions kRegions(true); // without any
    const auto order = serving::readInferRequest(request, kNetwork, kRegions);
    if (!order) {
        require(!order.error().sentence.empty());
        return;
    }
    require(!order->frames.empty() && order->frames.size() <= std::size_t{serving::kMostInferred});
    require(order->windows.empty() || order->windows.size() == order->frames.size());
    for (const auto& window : order->windows) {
        require(window.size() == kNetwork.audioElements());
        for (const float number : window)
            require(std::isfinite(number));
    }
    require(!order->timeout || *order->timeout > Duration::zero());
}

void readChunks(const optimized_lipsyncsrv::BatchInferenceWithAudioRequest& request)
{
    const std::vector<std::string> chunks(request.audio_chunks().begin(), request.audio_chunks().end());
    if (const auto samples = serving::joinChunks(chunks)) {
        require(samples->size() == chunks.size() * serving::kChunkSamples);
        requireSound(*samples);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    [[maybe_unused]] static const bool kIsSilent = (lipsync::inference::prepareGrpc(), true);
    const int bytes = static_cast<int>(size);
    if (serving::kserve::ModelInferRequest request; request.ParseFromArray(data, bytes))
        readTensors(request);
    if (optimized_lipsyncsrv::BatchInferenceWithAudioRequest request; request.ParseFromArray(data, bytes))
        readChunks(request);
    if (::lipsync::v1::SpeakRequest request; request.ParseFromArray(data, bytes)) {
        requireSound(serving::samplesOfInt16(request.sound()));
        requireSound(serving::samplesOfFloat32(request.sound()));
    }
    return 0;
}

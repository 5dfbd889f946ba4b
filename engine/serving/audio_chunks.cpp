// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/audio_chunks.h"

#include "session/speech_session.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace lipsync::serving {

namespace {

static_assert(std::endian::native == std::endian::little, "sound is copied as it comes from the wire");

constexpr float kInt16Scale = 32768.0F;
/// Silence that follows, so that the encoder hears as much after the last frame as after the others.
constexpr std::size_t kSilenceAfter = 16 * kChunkSamples;

template <typename Number> std::vector<Number> numbersOf(std::string_view bytes)
{
    std::vector<Number> numbers(bytes.size() / sizeof(Number));
    std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(Number));
    return numbers;
}

} // namespace

std::vector<float> samplesOfInt16(std::string_view bytes)
{
    const auto numbers = numbersOf<std::int16_t>(bytes);
    std::vector<float> samples(numbers.size());
    std::ranges::transform(numbers, samples.begin(),
                           [](std::int16_t number) { return static_cast<float>(number) / kInt16Scale; });
    return samples;
}

std::vector<float> samplesOfFloat32(std::string_view bytes)
{
    auto samples = numbersOf<float>(bytes);
    for (auto& sample : samples)
        sample = std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
    return samples;
}

Answer<std::vector<float>> joinChunks(std::span<const std::string> chunks)
{
    std::vector<float> joined;
    joined.reserve(chunks.size() * kChunkSamples);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const auto& chunk = chunks[i];
        std::vector<float> samples;
        if (chunk.size() == kChunkSamples * sizeof(std::int16_t))
            samples = samplesOfInt16(chunk);
        else if (chunk.size() == kChunkSamples * sizeof(float))
            samples = samplesOfFloat32(chunk);
        else
            return fault(FaultKind::BadRequest,
                         fmt::format("Chunk {} has {} bytes: 40 ms of 16 kHz mono sound are 1280 (16-bit) or 2560 "
                                     "(float32).",
                                     i, chunk.size()));
        joined.insert(joined.end(), samples.begin(), samples.end());
    }
    return joined;
}

Answer<std::vector<std::vector<float>>> windowsOf(const ServedAvatar& avatar, std::span<const float> samples,
                                                  int frames)
{
    const auto& manifest = avatar.manifest();
    auto speech = session::SpeechSession::create(avatar.avatar->frames(), 1);
    if (!speech)
        return fault(FaultKind::BadRequest, speech.error().message);
    const std::vector<float> silence(kSilenceAfter);
    for (const auto& part : {samples, std::span<const float>(silence)}) {
        if (auto pushed = (*speech)->push(part); !pushed)
            return tl::unexpected(faultOf(pushed.error()));
    }
    if (auto finished = (*speech)->finish(); !finished)
        return tl::unexpected(faultOf(finished.error()));
    // Chunks are of 40 ms whatever the avatar's frame rate is.
    constexpr double kChunkSeconds = 0.04;
    const double before = kChunksBefore * kChunkSeconds * manifest.frameRate();
    std::vector<std::vector<float>> windows;
    for (int i = 0; i < frames; ++i) {
        auto window = (*speech)->window(std::llround(before) + i, {});
        if (!window)
            return tl::unexpected(faultOf(window.error()));
        windows.push_back(std::move(*window));
    }
    return windows;
}

} // namespace lipsync::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/wav_file.h"

#include "base/file_system.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace lipsync::media {
namespace {

constexpr std::uint32_t kHeaderBytes = 44;
constexpr std::uint32_t kFormatBytes = 16; // of the chunk "fmt "
constexpr std::uint16_t kIntegers = 1;
constexpr std::uint16_t kSampleBytes = 2;
constexpr float kFullScale = 32768.0F;

void append(std::string& bytes, std::uint32_t value, int count)
{
    for (int i = 0; i < count; ++i)
        bytes.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

std::uint16_t toInteger(float sample)
{
    const float scaled = std::isfinite(sample) ? std::round(sample * kFullScale) : 0.0F;
    return static_cast<std::uint16_t>(static_cast<std::int16_t>(std::clamp(scaled, -kFullScale, kFullScale - 1)));
}

Status writeIntegers(const std::filesystem::path& file, std::span<const float> samples, int sampleRate, int channels)
{
    const std::uint64_t dataBytes = std::uint64_t{samples.size()} * kSampleBytes;
    if (sampleRate < 1 || dataBytes > std::numeric_limits<std::uint32_t>::max() - kHeaderBytes)
        return failure(ErrorCode::Usage,
                       fmt::format("{} samples at {} a second do not fit a WAV file.", samples.size(), sampleRate));
    const auto size = static_cast<std::uint32_t>(dataBytes);
    const auto rate = static_cast<std::uint32_t>(sampleRate);
    std::string bytes;
    bytes.reserve(kHeaderBytes + size);
    bytes += "RIFF";
    append(bytes, kHeaderBytes - 8 + size, 4);
    bytes += "WAVEfmt ";
    append(bytes, kFormatBytes, 4);
    append(bytes, kIntegers, 2);
    const auto frameBytes = static_cast<std::uint32_t>(channels) * kSampleBytes;
    append(bytes, static_cast<std::uint32_t>(channels), 2);
    append(bytes, rate, 4);
    append(bytes, rate * frameBytes, 4);
    append(bytes, frameBytes, 2);
    append(bytes, kSampleBytes * 8, 2);
    bytes += "data";
    append(bytes, size, 4);
    for (const float sample : samples)
        append(bytes, toInteger(sample), kSampleBytes);
    return writeFile(file, bytes);
}

} // namespace

Status writeWav(const std::filesystem::path& file, std::span<const float> samples, int sampleRate)
{
    return writeIntegers(file, samples, sampleRate, 1);
}

Status writeWav(const std::filesystem::path& file, const PcmAudio& sound)
{
    return writeIntegers(file, sound.samples, sound.sampleRate, sound.channels);
}

} // namespace lipsync::media

// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/checkpoint/weights_file.h"

#include "nn/checkpoint/checkpoint_formats.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace lipsync::nn {

namespace {

constexpr std::string_view kWeightsEndings[] = {".safetensors", ".pth", ".pt", ".ckpt", ".jit", ".onnx", ".model"};

std::string beginningOf(const std::filesystem::path& file, std::size_t most)
{
    std::string bytes(most, '\0');
    std::ifstream stream(file, std::ios::binary);
    stream.read(bytes.data(), static_cast<std::streamsize>(most));
    bytes.resize(static_cast<std::size_t>(stream.gcount()));
    return bytes;
}

} // namespace

bool isWeightsFile(const std::filesystem::path& file)
{
    std::string ending = file.extension().string();
    std::ranges::transform(ending, ending.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return std::ranges::find(kWeightsEndings, ending) != std::end(kWeightsEndings) || beginsAsWeights(file);
}

bool beginsAsWeights(const std::filesystem::path& file)
{
    constexpr std::size_t kLooked = 9;
    const auto bytes = beginningOf(file, kLooked);
    if (bytes.size() < kLooked)
        return false;
    if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("\x80\x02\x8a\x0a")) // PyTorch's two formats
        return true;
    // A safetensors file begins with eight bytes that say how long the JSON object is which follows.
    constexpr std::uint64_t kLongestHeader = std::uint64_t{100} << 20;
    std::uint64_t length = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i)
        length |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return length >= 2 && length <= kLongestHeader && bytes.back() == '{';
}

std::string describeNoWeights(const std::filesystem::path& file)
{
    constexpr std::size_t kLooked = 4096;
    return describeOtherFile(beginningOf(file, kLooked));
}

} // namespace lipsync::nn

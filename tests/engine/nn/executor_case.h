// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the tests of every executor on the processor compare: networks, pictures, and how far numbers are apart.

#include "engine/nn/reference_network.h"
#include "nn/formula_weights.h"
#include "nn/frame_executor.h"
#include "nn/generator.h"

#include <algorithm>
#include <cmath>

namespace lipsync::test {

/// Networks of every kind, sound and width whose layers differ.
inline std::vector<std::pair<const char*, nn::GeneratorSpec>> unetCases()
{
    using nn::AudioMode, nn::GeneratorKind;
    return {{"328 ave", {GeneratorKind::SyncTalk2D328, AudioMode::Ave, 32}},
            {"328 ave, half width", {GeneratorKind::SyncTalk2D328, AudioMode::Ave, 16}},
            {"328 hubert, narrow", {GeneratorKind::SyncTalk2D328, AudioMode::Hubert, 6}},
            {"328 wenet, narrow", {GeneratorKind::SyncTalk2D328, AudioMode::Wenet, 4}},
            {"160 ave", {GeneratorKind::SyncTalk2D160, AudioMode::Ave, 32}},
            {"160 ave, wide", {GeneratorKind::SyncTalk2D160, AudioMode::Ave, 40}},
            {"160 hubert", {GeneratorKind::SyncTalk2D160, AudioMode::Hubert, 32}},
            {"160 wenet", {GeneratorKind::SyncTalk2D160, AudioMode::Wenet, 32}},
            {"160 wenet, odd width", {GeneratorKind::SyncTalk2D160, AudioMode::Wenet, 10}},
            {"Ultralight hubert", {GeneratorKind::Ultralight160, AudioMode::Hubert, 32}},
            {"Ultralight wenet", {GeneratorKind::Ultralight160, AudioMode::Wenet, 32}},
            {"classic hubert", {GeneratorKind::UltralightClassic160, AudioMode::Hubert, 32}},
            {"classic wenet", {GeneratorKind::UltralightClassic160, AudioMode::Wenet, 32}}};
}

struct Drawn {
    bool good = false;
    std::vector<std::uint8_t> bytes;
    std::vector<float> values; ///< pixel after pixel
};

/// The formula input, which is no picture's.
inline Drawn drawFormula(nn::FrameExecutor& executor, const nn::GeneratorSpec& spec)
{
    Drawn drawn{false, std::vector<std::uint8_t>(spec.pictureBytes()), std::vector<float>(spec.pictureBytes())};
    drawn.good = executor.runNumbers(nn::formulaPicture(2 * spec.pictureBytes()),
                                     nn::formulaFeatures(spec.audioElements()), drawn.bytes, drawn.values);
    return drawn;
}

/// What LibTorch makes of the same, as numbers of Drawn.
inline std::vector<float> drawFormulaWithLibTorch(const nn::GeneratorSpec& spec)
{
    const auto planes =
        forwardGenerator(spec, nn::formulaWeights(spec), Form::Folded, nn::formulaPicture(2 * spec.pictureBytes()),
                         nn::formulaFeatures(spec.audioElements()));
    constexpr std::size_t kColours = 3;
    const auto pixels = spec.pictureBytes() / kColours;
    std::vector<float> values(spec.pictureBytes());
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = planes.values[i % kColours * pixels + i / kColours];
    return values;
}

inline float farthest(const std::vector<float>& a, const std::vector<float>& b)
{
    float worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        worst = std::max(worst, std::abs(a[i] - b[i]));
    return worst;
}

/// Peak signal to noise of numbers from 0 to 1, in decibels.
inline double likeness(const std::vector<float>& a, const std::vector<float>& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return -10 * std::log10(sum / static_cast<double>(a.size()));
}

/// Bytes of a picture that differ from pixel to pixel and from one `frame` to another.
inline std::vector<std::uint8_t> formulaFrame(const nn::GeneratorSpec& spec, std::uint32_t frame)
{
    std::vector<std::uint8_t> bytes(spec.pictureBytes());
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] =
            static_cast<std::uint8_t>(127.5 + 127.5 * nn::formulaNumber(static_cast<std::uint32_t>(i), 50 + frame));
    return bytes;
}

/// How many bytes of a picture that executor draws otherwise than LibTorch, all by one; fewer than none where it does
/// not run, or one is further away.
inline int bytesOffLibTorch(const nn::GeneratorSpec& spec, nn::Executor executor)
{
    const auto weights = nn::formulaWeights(spec);
    std::vector<std::uint8_t> made[2];
    for (const bool isReference : {true, false}) {
        const auto one = isReference ? nn::Executor::LibTorch : executor;
        const auto generator = nn::Generator::create(weights, spec, {.threads = 2, .executor = one});
        auto& bytes = made[isReference];
        bytes.resize(spec.pictureBytes());
        if (!generator || (*generator)->executor() != one ||
            !(*generator)->run(formulaFrame(spec, 0), nn::formulaFeatures(spec.audioElements()), 1, bytes))
            return -1;
    }
    int different = 0;
    for (std::size_t i = 0; i < made[0].size(); ++i) {
        const int difference = std::abs(made[0][i] - made[1][i]);
        if (difference > 1)
            return -1;
        different += difference;
    }
    return different;
}

} // namespace lipsync::test

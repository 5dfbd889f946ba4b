// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/network_spec.h"

namespace lipsync::nn {

namespace {

constexpr int kOriginalWidth = 32;

/// Ultralight's network, whatever its dialect.
bool isUltralight(GeneratorKind kind)
{
    return kind == GeneratorKind::Ultralight160 || kind == GeneratorKind::UltralightClassic160;
}

} // namespace

std::size_t GeneratorSpec::pictureBytes() const
{
    const auto side = static_cast<std::size_t>(pictureSize());
    return 3 * side * side;
}

std::string GeneratorSpec::name() const
{
    std::string text(toString(kind));
    if (mode != AudioMode::Mel || kind == GeneratorKind::TorchScript)
        text += fmt::format("_{}", toString(mode));
    return width == kOriginalWidth ? text : fmt::format("{} (width {})", text, width);
}

bool GeneratorSpec::sharesWeightsWith(const GeneratorSpec& other) const
{
    if (isUltralight(kind) && isUltralight(other.kind) && mode == AudioMode::Hubert)
        return mode == other.mode && width == other.width;
    return *this == other;
}

std::vector<GeneratorSpec> knownGenerators()
{
    std::vector<GeneratorSpec> known;
    for (const auto kind : kGeneratorKinds) {
        for (const auto mode : kAudioModes) {
            if (kind != GeneratorKind::TorchScript && isKnown(kind, mode))
                known.push_back({kind, mode, kOriginalWidth});
        }
    }
    return known;
}

std::array<int, 4> mouthMask(GeneratorKind kind)
{
    return profileOf(kind, AudioMode::Ave).mask;
}

} // namespace lipsync::nn

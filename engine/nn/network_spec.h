// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "nn/weight_set.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace lipsync::nn {

/// The generators that can be run: U-Nets that redraw the mouth from sound.
enum class GeneratorKind {
    SyncTalk2D328, ///< picture 6×320×320
    SyncTalk2D160, ///< picture 6×160×160
};

/// Which audio features a generator listens to. Ave and Hubert have the same weights' names and shapes.
enum class AudioMode { Ave, Hubert, Wenet };

/// What a generator is, read off its weights (specification sections 1.2 to 1.5).
struct GeneratorSpec {
    GeneratorKind kind = GeneratorKind::SyncTalk2D160;
    AudioMode mode = AudioMode::Ave;
    int width = 32; ///< channels of the first layer: 32 in the original, 16 in its "mobile" form

    int pictureSize() const; ///< side of the network's square picture: 320 or 160
    int cropSize() const; ///< side of the resized crop around it: 328 or 168
    std::array<int, 3> audioShape() const; ///< channels, height, width of one feature window
    std::size_t audioElements() const; ///< product of audioShape()
    std::size_t pictureBytes() const; ///< 3 · pictureSize()²
    std::string name() const; ///< e.g. "synctalk2d_160_ave", with " (width 16)" when not 32

    bool operator==(const GeneratorSpec&) const = default;
};

/// "ave", "hubert", "wenet".
std::string_view toString(AudioMode mode);
std::optional<AudioMode> parseAudioMode(std::string_view text);
/// "synctalk2d_328", "synctalk2d_160".
std::string_view toString(GeneratorKind kind);
std::optional<GeneratorKind> parseGeneratorKind(std::string_view text);

/// Tells kind, width and (wenet or not) mode from names and shapes; `mode` decides between ave and hubert.
/// InvalidInput when the weights are of another network.
Result<GeneratorSpec> detectGenerator(const WeightSet& weights, AudioMode mode = AudioMode::Ave);

/// Black rectangle over the mouth in the network's picture: x, y, width, height in pixels (section 1.11).
std::array<int, 4> mouthMask(GeneratorKind kind);

/// Pixels of untouched border around the network's picture inside the resized crop.
inline constexpr int kCropBorder = 4;

} // namespace lipsync::nn

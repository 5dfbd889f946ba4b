// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "nn/network_profile.h"
#include "nn/weight_set.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace lipsync::nn {

/// What a generator is, read off its weights (specification sections 1.2 to 1.5, 3 and 4.3).
struct GeneratorSpec {
    GeneratorKind kind = GeneratorKind::SyncTalk2D160;
    AudioMode mode = AudioMode::Ave;
    /// 32 stands for the original's layers, other even numbers for so much narrower or wider ones: in the U-Nets it is
    /// the number of channels of the first layer.
    int width = 32;
    std::optional<CustomGeometry> custom{}; ///< of a TorchScript generator, and of no other

    NetworkProfile profile() const { return profileOf(kind, mode, custom); }
    int pictureSize() const { return profile().pictureSize; } ///< side of the network's square picture
    int cropSize() const { return profile().cropSize(); } ///< side of the resized crop around it
    std::array<int, 3> audioShape() const { return profile().audioShape; } ///< channels, height, width of one window
    std::size_t audioElements() const { return profile().audioElements(); } ///< product of audioShape()
    std::size_t pictureBytes() const; ///< 3 · pictureSize()²
    /// E.g. "synctalk2d_160_ave", "ultralight_current_hubert", "wav2lip_96", with " (width 16)" when not 32.
    std::string name() const;

    /// Whether weights of this network are weights of the other one too: Ultralight's two hubert dialects differ in
    /// the names of their files' tensors and in their profiles, but not in numbers.
    bool sharesWeightsWith(const GeneratorSpec& other) const;

    constexpr bool operator==(const GeneratorSpec&) const = default;
};

/// Every network that can be built from weights, in its original width.
std::vector<GeneratorSpec> knownGenerators();

/// Tells kind, width and mode from names and shapes, names being the canonical ones (specification section 5.4).
/// `mode` decides where weights are the same for ave and hubert; Usage when it would have to and is not given.
/// InvalidInput when the weights are of another network (the sentence says of which, where it is a known one), or do
/// not listen so.
Result<GeneratorSpec> detectGenerator(const WeightSet& weights, std::optional<AudioMode> mode = {});

/// Whether the weights are those of an AVE audio encoder, whatever prefix they bear; a Wav2Lip is none.
bool isAudioEncoder(const WeightSet& weights);

/// Black rectangle over the mouth in the network's picture: x, y, width, height in pixels (section 1.11).
std::array<int, 4> mouthMask(GeneratorKind kind);

/// Pixels of untouched border around the picture of SyncTalk_2D's networks inside the resized crop.
inline constexpr int kCropBorder = 4;

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace lipsync::nn {

/// The generators that can be run: networks that redraw the mouth from sound.
enum class GeneratorKind {
    SyncTalk2D328, ///< picture 6×320×320
    SyncTalk2D160, ///< picture 6×160×160
    Ultralight160, ///< Ultralight-Digital-Human and FeatherTalk as they are today
    UltralightClassic160, ///< the same as LiveTalking has it
    Wav2Lip96, ///< the whole face at 96×96
    Wav2Lip256, ///< LiveTalking's larger Wav2Lip
    TorchScript, ///< a network of somebody's own: GeneratorSpec::custom says what it looks like
};

/// What a generator listens to. AVE features are computed from the voice, hubert's and wenet's are given as a table;
/// Mel is the spectrogram itself. Of some networks ave and hubert have the same weights' names and shapes.
enum class AudioMode { Ave, Hubert, Wenet, Mel };

/// Interpolation by which a face crop becomes the network's square (specification section 1.11).
enum class CropResize { Cubic, Linear, Area };

/// How the template clip is continued past its end (specification section 1.13).
enum class LoopRule {
    PingPong, ///< 1, 2, …, last, …, 1, 0, 1, …: begins at frame 1, ends are not repeated
    Mirror, ///< 0, …, last, last, …, 0, 0, …: both ends are repeated
    Modulo, ///< 0, …, last, 0, …
};

/// What stands before the first and after the last sample: zeros (librosa ≥ 0.9, SyncTalk_2D) or the sound
/// mirrored at its ends (librosa ≤ 0.8, Wav2Lip). Only the two outer columns at each end differ.
enum class StftPadding { Zero, Reflect };

/// Which half of a network's six picture channels is the crop as it is, and which the crop under its mask.
enum class PictureOrder { ReferenceFirst, MaskedFirst };

/// Channels of what a network takes, the picture and the picture under its mask, and of what it gives.
inline constexpr int kInputChannels = 6, kPictureChannels = 3;

/// How a TorchScript generator's inputs look, as whoever made it declares; the rest is the default of its audio mode.
struct CustomGeometry {
    int pictureSize = 0; ///< side of the network's square picture, pixels
    int cropBorder = 0; ///< pixels of untouched border around it inside the resized crop
    std::array<int, 4> mask{}; ///< black rectangle in the picture: x, y, width, height
    PictureOrder order = PictureOrder::ReferenceFirst;
    std::array<int, 3> audioShape{}; ///< channels, height, width of one window
    int featureRows = 16; ///< rows of the feature table in a window, even; of no meaning for Mel
    bool soundFirst = false; ///< whether it takes (windows, pictures), as Wav2Lip does, not (pictures, windows)

    constexpr bool operator==(const CustomGeometry&) const = default;
};

/// Largest picture and window that a CustomGeometry may ask for.
inline constexpr int kMaxCustomPicture = 512;
inline constexpr std::size_t kMaxCustomWindow = 131072; ///< numbers: that of the largest known network

/// Everything in which the networks differ around their layers: the switches of the specification's section 8.
/// All of them multiply their output by 255 and truncate, and see colours as B,G,R.
struct NetworkProfile {
    int pictureSize = 0; ///< side of the network's square picture
    int cropBorder = 0; ///< pixels of untouched border around it inside the resized crop
    std::array<int, 4> mask{}; ///< black rectangle over the mouth in the picture: x, y, width, height
    PictureOrder order = PictureOrder::ReferenceFirst;
    bool squareCrop = true; ///< whether the crop rectangles in the frames must be square
    CropResize cropResize = CropResize::Linear; ///< what the reference does at inference; a manifest may differ
    LoopRule loop = LoopRule::PingPong; ///< likewise
    std::array<int, 3> audioShape{}; ///< channels, height, width of one window
    int featureRows = 0; ///< rows of the feature table in a window, half of them before the frame's own; 0 for Mel
    bool endsAreDoubled = false; ///< first and last feature stand twice in the table: two more frames (section 1.9)
    StftPadding melPadding = StftPadding::Zero;
    double frameRate = 25.0; ///< what it was trained at; of Mel networks any rate will do

    constexpr int cropSize() const { return pictureSize + 2 * cropBorder; }
    /// Numbers of a window: the product of audioShape.
    constexpr std::size_t audioElements() const
    {
        return static_cast<std::size_t>(audioShape[0]) * static_cast<std::size_t>(audioShape[1]) *
            static_cast<std::size_t>(audioShape[2]);
    }
    /// Numbers of a row of the feature table; 0 for Mel.
    constexpr std::size_t featureSize() const
    {
        return featureRows == 0 ? 0 : audioElements() / static_cast<std::size_t>(featureRows);
    }
};

/// Whether there is a network of that kind which listens so.
bool isKnown(GeneratorKind kind, AudioMode mode);

/// The profile of a network that is known; `custom` for TorchScript only.
NetworkProfile profileOf(GeneratorKind kind, AudioMode mode, const std::optional<CustomGeometry>& custom = {});

/// What is wrong with a declared geometry for networks that listen so; empty when nothing is.
std::string_view problemOf(const CustomGeometry& geometry, AudioMode mode);

/// "ave", "hubert", "wenet", "mel".
std::string_view toString(AudioMode mode);
std::optional<AudioMode> parseAudioMode(std::string_view text);
/// "synctalk2d_328", "synctalk2d_160", "ultralight_current", "ultralight_classic_livetalking", "wav2lip_96",
/// "wav2lip_256_livetalking", "torchscript".
std::string_view toString(GeneratorKind kind);
std::optional<GeneratorKind> parseGeneratorKind(std::string_view text);

inline constexpr GeneratorKind kGeneratorKinds[] = {GeneratorKind::SyncTalk2D328, GeneratorKind::SyncTalk2D160,
                                                    GeneratorKind::Ultralight160, GeneratorKind::UltralightClassic160,
                                                    GeneratorKind::Wav2Lip96,     GeneratorKind::Wav2Lip256,
                                                    GeneratorKind::TorchScript};
inline constexpr AudioMode kAudioModes[] = {AudioMode::Ave, AudioMode::Hubert, AudioMode::Wenet, AudioMode::Mel};

} // namespace lipsync::nn

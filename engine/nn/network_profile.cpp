// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/network_profile.h"

#include <algorithm>
#include <iterator>
#include <span>

namespace lipsync::nn {

namespace {

/// A kind of network, around its layers. Sources: specification sections 1.11 to 1.13, 3.5, 4.2 and 4.3.
struct KindFacts {
    std::string_view name;
    int pictureSize;
    int cropBorder;
    std::array<int, 4> mask;
    PictureOrder order;
    bool squareCrop;
    CropResize cropResize;
    LoopRule loop;
};

const KindFacts& facts(GeneratorKind kind)
{
    static constexpr KindFacts kFacts[] = {
        {"synctalk2d_328",
         320,
         4,
         {5, 5, 310, 305},
         PictureOrder::ReferenceFirst,
         true,
         CropResize::Cubic,
         LoopRule::PingPong},
        {"synctalk2d_160",
         160,
         4,
         {5, 5, 150, 145},
         PictureOrder::ReferenceFirst,
         true,
         CropResize::Linear,
         LoopRule::PingPong},
        {"ultralight_current",
         160,
         4,
         {5, 5, 150, 145},
         PictureOrder::ReferenceFirst,
         true,
         CropResize::Area,
         LoopRule::PingPong},
        {"ultralight_classic_livetalking",
         160,
         4,
         {5, 5, 150, 145},
         PictureOrder::ReferenceFirst,
         true,
         CropResize::Area,
         LoopRule::Mirror},
        {"wav2lip_96", 96, 0, {0, 48, 96, 48}, PictureOrder::MaskedFirst, false, CropResize::Linear, LoopRule::Modulo},
        {"wav2lip_256_livetalking",
         256,
         0,
         {0, 128, 256, 128},
         PictureOrder::MaskedFirst,
         false,
         CropResize::Linear,
         LoopRule::Mirror},
        {"torchscript", 0, 0, {}, PictureOrder::ReferenceFirst, true, CropResize::Linear, LoopRule::PingPong},
    };
    static_assert(std::size(kFacts) == std::size(kGeneratorKinds));
    return kFacts[static_cast<std::size_t>(kind)];
}

/// What a family of networks hears for one frame. Sources: sections 1.4, 1.9, 3.5 and 4.3.
struct Hearing {
    AudioMode mode;
    std::array<int, 3> shape;
    int rows;
};

std::span<const Hearing> hearingOf(GeneratorKind kind)
{
    static constexpr Hearing kSyncTalk[] = {{AudioMode::Ave, {32, 16, 16}, 16},
                                            {AudioMode::Hubert, {32, 32, 32}, 16},
                                            {AudioMode::Wenet, {256, 16, 32}, 16}};
    static constexpr Hearing kUltralight[] = {{AudioMode::Hubert, {16, 32, 32}, 8},
                                              {AudioMode::Wenet, {128, 16, 32}, 8}};
    // Of the classic wenet class only the layers are known; none of them halves the window, so 16 × 16 ends in 10 × 10.
    static constexpr Hearing kClassic[] = {{AudioMode::Hubert, {16, 32, 32}, 8}, {AudioMode::Wenet, {16, 16, 16}, 8}};
    static constexpr Hearing kWav2Lip[] = {{AudioMode::Mel, {1, 80, 16}, 0}};
    switch (kind) {
    case GeneratorKind::SyncTalk2D328:
    case GeneratorKind::SyncTalk2D160:
        return kSyncTalk;
    case GeneratorKind::Ultralight160:
        return kUltralight;
    case GeneratorKind::UltralightClassic160:
        return kClassic;
    case GeneratorKind::Wav2Lip96:
    case GeneratorKind::Wav2Lip256:
        return kWav2Lip;
    case GeneratorKind::TorchScript:
        break;
    }
    return {};
}

constexpr double kWenetUltralightRate = 20.0; // frames a second, section 4.3
constexpr int kMelBandRows = 80, kMelColumnCount = 16;

} // namespace

bool isKnown(GeneratorKind kind, AudioMode mode)
{
    if (kind == GeneratorKind::TorchScript)
        return true;
    return std::ranges::any_of(hearingOf(kind), [&](const Hearing& hearing) { return hearing.mode == mode; });
}

NetworkProfile profileOf(GeneratorKind kind, AudioMode mode, const std::optional<CustomGeometry>& custom)
{
    const auto& known = facts(kind);
    NetworkProfile profile;
    profile.pictureSize = known.pictureSize;
    profile.cropBorder = known.cropBorder;
    profile.mask = known.mask;
    profile.order = known.order;
    profile.squareCrop = known.squareCrop;
    profile.cropResize = known.cropResize;
    profile.loop = known.loop;
    profile.endsAreDoubled = mode == AudioMode::Ave;
    profile.melPadding = mode == AudioMode::Mel ? StftPadding::Reflect : StftPadding::Zero;
    if (kind == GeneratorKind::TorchScript) {
        const auto geometry = custom.value_or(CustomGeometry{});
        profile.pictureSize = geometry.pictureSize;
        profile.cropBorder = geometry.cropBorder;
        profile.mask = geometry.mask;
        profile.order = geometry.order;
        profile.squareCrop = false;
        profile.audioShape = geometry.audioShape;
        profile.featureRows = mode == AudioMode::Mel ? 0 : geometry.featureRows;
        return profile;
    }
    for (const auto& hearing : hearingOf(kind)) {
        if (hearing.mode != mode)
            continue;
        profile.audioShape = hearing.shape;
        profile.featureRows = hearing.rows;
    }
    const bool ultralight = kind == GeneratorKind::Ultralight160 || kind == GeneratorKind::UltralightClassic160;
    if (ultralight && mode == AudioMode::Wenet)
        profile.frameRate = kWenetUltralightRate;
    return profile;
}

std::string_view problemOf(const CustomGeometry& geometry, AudioMode mode)
{
    constexpr int kSmallestPicture = 16;
    constexpr int kMostRows = 64;
    if (geometry.pictureSize < kSmallestPicture || geometry.pictureSize > kMaxCustomPicture)
        return "the picture's side must be 16 to 512 pixels";
    if (geometry.cropBorder < 0 || geometry.cropBorder > geometry.pictureSize / 2)
        return "the border must be 0 to half the picture's side";
    const auto [x, y, width, height] = geometry.mask;
    if (x < 0 || y < 0 || width < 1 || height < 1 || x > geometry.pictureSize - width ||
        y > geometry.pictureSize - height)
        return "the mask must lie inside the picture";
    std::size_t numbers = 1;
    for (const int side : geometry.audioShape) {
        if (side < 1 || static_cast<std::size_t>(side) > kMaxCustomWindow / numbers)
            return "the window of sound must have 1 to 131072 numbers";
        numbers *= static_cast<std::size_t>(side);
    }
    if (mode == AudioMode::Mel) {
        const bool fits = geometry.audioShape == std::array<int, 3>{1, kMelBandRows, kMelColumnCount};
        return fits ? "" : "a window of the mel spectrogram is 1 × 80 × 16";
    }
    const int rows = geometry.featureRows;
    if (rows < 2 || rows > kMostRows || rows % 2 != 0 || numbers % static_cast<std::size_t>(rows) != 0)
        return "the feature rows must be an even number from 2 to 64 that divides the window";
    constexpr std::size_t kAveSize = 512;
    if (mode == AudioMode::Ave && numbers != kAveSize * static_cast<std::size_t>(rows))
        return "a window of AVE features has 512 numbers a row";
    return "";
}

std::string_view toString(AudioMode mode)
{
    static constexpr std::string_view kNames[] = {"ave", "hubert", "wenet", "mel"};
    static_assert(std::size(kNames) == std::size(kAudioModes));
    return kNames[static_cast<std::size_t>(mode)];
}

std::optional<AudioMode> parseAudioMode(std::string_view text)
{
    for (const auto mode : kAudioModes) {
        if (toString(mode) == text)
            return mode;
    }
    return {};
}

std::string_view toString(GeneratorKind kind)
{
    return facts(kind).name;
}

std::optional<GeneratorKind> parseGeneratorKind(std::string_view text)
{
    for (const auto kind : kGeneratorKinds) {
        if (toString(kind) == text)
            return kind;
    }
    return {};
}

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
// Which network weights are of, told from their names and shapes.
#include "nn/network_spec.h"

#include <algorithm>

#include <fmt/ranges.h>

namespace lipsync::nn {

namespace {

constexpr int kNarrowestLayer = 2;
constexpr int kWidestLayer = 256;
constexpr std::string_view kEncoderPrefix = "audio_encoder.";
constexpr std::string_view kParallelPrefix = "module.";
constexpr std::string_view kEncoderFirstTensor = "0.conv_block.0.weight";
constexpr const char* kFaceFirstTensor = "face_encoder_blocks.0.0.conv_block.0.weight";

using Shape = std::vector<std::int64_t>;

/// Shape of a convolution's weight: four sides, or none where there is no such tensor.
Shape convolution(const WeightSet& weights, const char* name)
{
    const auto found = weights.find(name);
    return found != weights.end() && found->second.shape.size() == 4 ? found->second.shape : Shape{};
}

bool holdsPrefix(const WeightSet& weights, const std::string& prefix)
{
    const auto first = weights.lower_bound(prefix);
    return first != weights.end() && first->first.starts_with(prefix);
}

/// Networks that people have lying beside a generator, by the beginning of a name only they have.
struct Stranger {
    const char* prefix;
    const char* description;
};
constexpr Stranger kStrangers[] = {
    {"binary_pred.", "Wav2Lip's discriminator, which only its training needs"},
    {"face_encoder.", "a SyncNet, which only training needs"},
    {"netcnnlip.", "the SyncNet that measures lip-sync error"},
    {"netcnnaud.", "the SyncNet that measures lip-sync error"},
    {"features.0.", "an image classifier such as VGG"},
    {"pfld_backbone.", "a landmark detector"},
    {"down_blocks.", "a diffusion network such as MuseTalk's"},
    {"time_embedding.", "a diffusion network such as MuseTalk's"},
    {"feature_extractor.conv_layers.", "a HuBERT, which makes features of sound"},
    {"hubert.", "a HuBERT, which makes features of sound"},
};

tl::unexpected<Error> notAGenerator(const WeightSet& weights)
{
    constexpr const char* kSentence = "These are not the weights of a generator: they ";
    if (isAudioEncoder(weights))
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{}are those of an audio encoder (AVE), such as {}.", kSentence, weights.begin()->first));
    for (const auto& stranger : kStrangers) {
        if (holdsPrefix(weights, stranger.prefix))
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{}look like those of {}.", kSentence, stranger.description));
    }
    return failure(ErrorCode::InvalidInput,
                   weights.empty() ? fmt::format("{}hold no tensors at all.", kSentence)
                                   : fmt::format("{}hold tensors such as {} [{}].", kSentence, weights.begin()->first,
                                                 fmt::join(weights.begin()->second.shape, ", ")));
}

Status checkWidth(std::int64_t width)
{
    if (width < kNarrowestLayer || width > kWidestLayer || width % 2 != 0) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The generator's width {} is outside of {} to {} or odd.", width, kNarrowestLayer,
                                   kWidestLayer));
    }
    return {};
}

Result<GeneratorSpec> detectWav2Lip(const WeightSet& weights, const Shape& face, std::optional<AudioMode> mode)
{
    if (mode && *mode != AudioMode::Mel)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("These are the weights of a Wav2Lip, which listens to the voice's mel spectrogram "
                                   "and not to {} features.",
                                   toString(*mode)));
    // Its first layer has half as many channels as the next; the width counts the latter.
    if (face[0] > kWidestLayer)
        return failure(checkWidth(face[0]));
    const auto width = 2 * face[0];
    if (auto checked = checkWidth(width); !checked)
        return failure(checked);
    const bool large = weights.contains("face_encoder_blocks.7.0.conv_block.0.weight");
    return GeneratorSpec{large ? GeneratorKind::Wav2Lip256 : GeneratorKind::Wav2Lip96, AudioMode::Mel,
                         static_cast<int>(width)};
}

/// What a U-Net listens to, by the channels of its windows; no value where that is ave or hubert.
struct Hearing {
    GeneratorKind kind;
    std::optional<AudioMode> mode;
};

std::optional<Hearing> hearingOf(std::int64_t channels, bool large, bool widensToWenet)
{
    using Kind = GeneratorKind;
    const auto syncTalk = large ? Kind::SyncTalk2D328 : Kind::SyncTalk2D160;
    switch (channels) {
    case 32:
        return Hearing{syncTalk, {}};
    case 256:
        return Hearing{syncTalk, AudioMode::Wenet};
    case 128:
        return Hearing{Kind::Ultralight160, AudioMode::Wenet};
    case 16:
        return widensToWenet ? Hearing{Kind::UltralightClassic160, AudioMode::Wenet}
                             : Hearing{Kind::Ultralight160, AudioMode::Hubert};
    default:
        return {};
    }
}

Result<GeneratorSpec> detectUNet(const WeightSet& weights, std::int64_t width, const Shape& audio,
                                 std::optional<AudioMode> mode)
{
    if (auto checked = checkWidth(width); !checked)
        return failure(checked);
    const bool large = holdsPrefix(weights, "down5.");
    const auto second = convolution(weights, "audio_model.conv2.conv.6.weight");
    const bool widensToWenet = !second.empty() && second[0] == 8 * width;
    const auto hearing = hearingOf(audio[1], large, widensToWenet);
    if (!hearing || (large && hearing->kind != GeneratorKind::SyncTalk2D328))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The generator listens to windows of {} channels, which no known network of {} "
                                   "pixels does.",
                                   audio[1], large ? 320 : 160));
    GeneratorSpec spec{hearing->kind, hearing->mode.value_or(AudioMode::Ave), static_cast<int>(width)};
    if (!hearing->mode) {
        if (!mode)
            return failure(ErrorCode::Usage,
                           "The generator listens to AVE or to HuBERT features, and its weights do not tell to which. "
                           "Say --mode ave or --mode hubert.");
        if (*mode == AudioMode::Ave || *mode == AudioMode::Hubert)
            spec.mode = *mode;
    }
    if (mode && spec.mode != *mode)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The generator listens to {} features and not to {}.",
                                   hearing->mode ? toString(spec.mode) : "ave or hubert", toString(*mode)));
    return spec;
}

} // namespace

bool isAudioEncoder(const WeightSet& weights)
{
    bool isEncoder = false;
    for (const auto& [name, weight] : weights) {
        std::string_view bare = name;
        for (const auto prefix : {kParallelPrefix, kEncoderPrefix}) {
            if (bare.starts_with(prefix))
                bare.remove_prefix(prefix.size());
        }
        if (bare.starts_with("face_"))
            return false; // a Wav2Lip or a SyncNet, which have one inside
        isEncoder |= bare == kEncoderFirstTensor;
    }
    return isEncoder;
}

Result<GeneratorSpec> detectGenerator(const WeightSet& weights, std::optional<AudioMode> mode)
{
    if (const auto face = convolution(weights, kFaceFirstTensor); !face.empty() && face[1] == 6)
        return detectWav2Lip(weights, face, mode);
    const auto first = convolution(weights, "inc.inconv.0.conv.6.weight");
    const auto audio = convolution(weights, "audio_model.conv1.conv.0.weight");
    if (first.empty() || audio.empty() || convolution(weights, "outc.conv.weight").empty())
        return notAGenerator(weights);
    return detectUNet(weights, first[0], audio, mode);
}

} // namespace lipsync::nn

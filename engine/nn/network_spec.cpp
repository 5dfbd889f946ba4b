// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/network_spec.h"

namespace lipsync::nn {

namespace {

constexpr int kOriginalWidth = 32;
constexpr int kWidestLayer = 256;
constexpr int kWenetChannels = 256;

struct KindFacts {
    GeneratorKind kind;
    std::string_view name;
    int pictureSize;
    std::array<int, 4> mask;
};

constexpr KindFacts kKinds[] = {
    {GeneratorKind::SyncTalk2D328, "synctalk2d_328", 320, {5, 5, 310, 305}},
    {GeneratorKind::SyncTalk2D160, "synctalk2d_160", 160, {5, 5, 150, 145}},
};

struct ModeFacts {
    AudioMode mode;
    std::string_view name;
    std::array<int, 3> shape;
};

constexpr ModeFacts kModes[] = {
    {AudioMode::Ave, "ave", {32, 16, 16}},
    {AudioMode::Hubert, "hubert", {32, 32, 32}},
    {AudioMode::Wenet, "wenet", {kWenetChannels, 16, 32}},
};

const KindFacts& facts(GeneratorKind kind)
{
    return kKinds[static_cast<std::size_t>(kind)];
}

const ModeFacts& facts(AudioMode mode)
{
    return kModes[static_cast<std::size_t>(mode)];
}

} // namespace

int GeneratorSpec::pictureSize() const
{
    return facts(kind).pictureSize;
}

int GeneratorSpec::cropSize() const
{
    return pictureSize() + 2 * kCropBorder;
}

std::array<int, 3> GeneratorSpec::audioShape() const
{
    return facts(mode).shape;
}

std::size_t GeneratorSpec::audioElements() const
{
    const auto [channels, height, columns] = audioShape();
    return static_cast<std::size_t>(channels) * height * columns;
}

std::size_t GeneratorSpec::pictureBytes() const
{
    return std::size_t{3} * pictureSize() * pictureSize();
}

std::string GeneratorSpec::name() const
{
    auto text = fmt::format("{}_{}", toString(kind), toString(mode));
    return width == kOriginalWidth ? text : fmt::format("{} (width {})", text, width);
}

std::string_view toString(AudioMode mode)
{
    return facts(mode).name;
}

std::optional<AudioMode> parseAudioMode(std::string_view text)
{
    for (const auto& mode : kModes) {
        if (mode.name == text)
            return mode.mode;
    }
    return {};
}

std::string_view toString(GeneratorKind kind)
{
    return facts(kind).name;
}

std::optional<GeneratorKind> parseGeneratorKind(std::string_view text)
{
    for (const auto& kind : kKinds) {
        if (kind.name == text)
            return kind.kind;
    }
    return {};
}

Result<GeneratorSpec> detectGenerator(const WeightSet& weights, AudioMode mode)
{
    const auto shapeOf = [&](const char* name) -> std::vector<std::int64_t> {
        const auto found = weights.find(name);
        return found == weights.end() ? std::vector<std::int64_t>{} : found->second.shape;
    };
    const auto first = shapeOf("inc.inconv.0.conv.6.weight");
    const auto audio = shapeOf("audio_model.conv1.conv.0.weight");
    const auto last = shapeOf("outc.conv.weight");
    if (first.size() != 4 || audio.size() != 4 || last.size() != 4) {
        const auto example =
            weights.empty() ? std::string("no tensors at all") : "tensors such as " + weights.begin()->first;
        return failure(ErrorCode::InvalidInput,
                       fmt::format("These are not the weights of a SyncTalk_2D generator: they hold {}.", example));
    }
    GeneratorSpec spec;
    if (first[0] < 2 || first[0] > kWidestLayer || first[0] % 2 != 0) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The generator's width {} is outside of 2 to {} or odd.", first[0], kWidestLayer));
    }
    spec.width = static_cast<int>(first[0]);
    spec.kind =
        weights.lower_bound("down5.") != weights.end() && weights.lower_bound("down5.")->first.starts_with("down5.")
        ? GeneratorKind::SyncTalk2D328
        : GeneratorKind::SyncTalk2D160;
    if (audio[1] == kWenetChannels)
        spec.mode = AudioMode::Wenet;
    else
        spec.mode = mode == AudioMode::Hubert ? AudioMode::Hubert : AudioMode::Ave;
    return spec;
}

std::array<int, 4> mouthMask(GeneratorKind kind)
{
    return facts(kind).mask;
}

} // namespace lipsync::nn

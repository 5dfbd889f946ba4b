// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/network_json.h"

#include "avatar/json_object.h"

namespace lipsync::avatar {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 10;
constexpr std::size_t kMaxWordBytes = 4000;
constexpr int kMaxDepth = 8;
constexpr int kMaxWidth = 256;
constexpr int kMaxRows = 64;
constexpr const char* kReferenceFirst = "reference_first";
constexpr const char* kMaskedFirst = "masked_first";
constexpr const char* kPicturesFirst = "pictures_first";
constexpr const char* kSoundFirst = "sound_first";

/// One of the words that `values` have.
template <typename Value, std::size_t Count>
Value word(JsonObject& object, const char* key, const Value (&values)[Count])
{
    const auto text = object.text(key, kMaxWordBytes);
    std::string known;
    for (const auto value : values) {
        if (toString(value) == text)
            return value;
        known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", toString(value));
    }
    object.refuse(key, fmt::format("must be one of {}", known));
    return values[0];
}

/// Whether the text is `other`; absent, it is `usual`.
bool choice(JsonObject& object, const char* key, const char* usual, const char* other)
{
    const auto text = object.text(key, kMaxWordBytes, usual);
    if (text != usual && text != other)
        object.refuse(key, fmt::format("must be \"{}\" or \"{}\"", usual, other));
    return text == other;
}

nn::CustomGeometry readGeometry(JsonObject object)
{
    constexpr int kSide = nn::kMaxCustomPicture;
    constexpr auto kNumbers = static_cast<int>(nn::kMaxCustomWindow);
    nn::CustomGeometry geometry;
    geometry.pictureSize = object.number("picture_size", 1, kSide);
    geometry.cropBorder = object.number("crop_border", 0, kSide, 0);
    auto mask = object.object("mask");
    geometry.mask = {mask.number("x", 0, kSide, 0), mask.number("y", 0, kSide, 0), mask.number("width", 1, kSide),
                     mask.number("height", 1, kSide)};
    geometry.order = choice(object, "order", kReferenceFirst, kMaskedFirst) ? nn::PictureOrder::MaskedFirst
                                                                            : nn::PictureOrder::ReferenceFirst;
    geometry.soundFirst = choice(object, "inputs", kPicturesFirst, kSoundFirst);
    auto audio = object.object("audio");
    geometry.audioShape = {audio.number("channels", 1, kNumbers), audio.number("height", 1, kNumbers),
                           audio.number("width", 1, kNumbers)};
    geometry.featureRows = object.number("feature_rows", 1, kMaxRows, geometry.featureRows);
    return geometry;
}

} // namespace

nn::GeneratorSpec readNetwork(JsonObject object)
{
    nn::GeneratorSpec network;
    network.kind = word(object, "kind", nn::kGeneratorKinds);
    network.mode = word(object, "audio_mode", nn::kAudioModes);
    network.width = object.number("width", 1, kMaxWidth);
    if (!nn::isKnown(network.kind, network.mode))
        object.refuse("audio_mode",
                      fmt::format("is \"{}\", to which no {} listens", toString(network.mode), toString(network.kind)));
    if (network.kind == nn::GeneratorKind::TorchScript) {
        network.custom = readGeometry(object.object("custom"));
        if (const auto problem = nn::problemOf(*network.custom, network.mode); !problem.empty())
            object.refuse("custom", fmt::format("cannot be used: {}", problem));
    }
    return network;
}

nlohmann::ordered_json networkToJson(const nn::GeneratorSpec& network)
{
    nlohmann::ordered_json json{
        {"kind", toString(network.kind)}, {"audio_mode", toString(network.mode)}, {"width", network.width}};
    if (!network.custom)
        return json;
    const auto& custom = *network.custom;
    const auto [x, y, width, height] = custom.mask;
    const auto [channels, rows, columns] = custom.audioShape;
    json["custom"] = {
        {"picture_size", custom.pictureSize},
        {"crop_border", custom.cropBorder},
        {"mask", {{"x", x}, {"y", y}, {"width", width}, {"height", height}}},
        {"order", custom.order == nn::PictureOrder::MaskedFirst ? kMaskedFirst : kReferenceFirst},
        {"audio", {{"channels", channels}, {"height", rows}, {"width", columns}}},
        {"feature_rows", custom.featureRows},
        {"inputs", custom.soundFirst ? kSoundFirst : kPicturesFirst},
    };
    return json;
}

Result<nn::GeneratorSpec> parseNetwork(std::string_view json, const std::string& name)
{
    const auto parsed = parseJson(json, name, kMaxBytes, kMaxDepth);
    if (!parsed)
        return failure(parsed);
    JsonObject object(*parsed, name);
    const auto network = readNetwork(object);
    if (object.error())
        return tl::unexpected<Error>(*object.error());
    return network;
}

} // namespace lipsync::avatar

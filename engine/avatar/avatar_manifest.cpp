// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/avatar_manifest.h"

#include "avatar/json_object.h"
#include "avatar/network_json.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lipsync::avatar {

namespace {

constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxTextBytes = 4000;
constexpr int kMaxRatePart = 1'000'000;
constexpr double kSlowestRate = 1.0;
constexpr double kFastestRate = 240.0;
constexpr std::size_t kHashDigits = 64;
constexpr int kPreparedVersion = 2; ///< the first in which networks may be absent and other files present

constexpr std::array<std::pair<LoopRule, std::string_view>, 3> kLoopRules{
    {{LoopRule::PingPong, "ping_pong"}, {LoopRule::Mirror, "mirror"}, {LoopRule::Modulo, "modulo"}}};
constexpr std::array<std::pair<CropResize, std::string_view>, 3> kCropResizes{
    {{CropResize::Cubic, "cubic"}, {CropResize::Linear, "linear"}, {CropResize::Area, "area"}}};

/// Reads one of the words of `table`; absent keys give `otherwise` when there is one.
template <typename Table, typename Value = typename Table::value_type::first_type>
Value word(JsonObject& object, const char* key, const Table& table, std::optional<Value> otherwise = {})
{
    std::optional<std::string> absent;
    if (otherwise)
        absent = "";
    const auto text = object.text(key, kMaxTextBytes, absent);
    if (otherwise && text.empty())
        return *otherwise;
    std::string known;
    for (const auto& [value, name] : table) {
        if (text == name)
            return value;
        known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", name);
    }
    object.refuse(key, fmt::format("must be one of {}", known));
    return table.front().first;
}

template <typename Table, typename Value> std::string nameOf(const Table& table, Value value)
{
    for (const auto& [candidate, name] : table) {
        if (candidate == value)
            return std::string(name);
    }
    return {};
}

bool isNameCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '-' ||
        c == '_' || c == '.';
}

std::string readName(JsonObject& root)
{
    auto name = root.text("name", kMaxNameBytes);
    if (name.empty() || name.front() == '.' || name.front() == ' ' ||
        !std::all_of(name.begin(), name.end(), isNameCharacter))
        root.refuse("name", "must be 1 to 64 letters, digits, spaces, '-', '_' or '.', and begin with none of \" .\"");
    return name;
}

std::string readHash(JsonObject& files, const char* file)
{
    auto hash = files.text(file, kHashDigits);
    const bool isHash = hash.size() == kHashDigits &&
        std::all_of(hash.begin(), hash.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (!isHash)
        files.refuse(file, "must be a SHA-256 of 64 lower-case hex digits");
    return hash;
}

std::map<std::string, std::string> readHashes(JsonObject files, int schemaVersion)
{
    std::map<std::string, std::string> hashes;
    for (const char* file : kRequiredFiles)
        hashes.emplace(file, readHash(files, file));
    if (schemaVersion < kPreparedVersion) {
        for (const char* file : {kGeneratorFile, kAudioEncoderFile})
            hashes.emplace(file, readHash(files, file));
        return hashes;
    }
    for (const char* file : kOptionalFiles) {
        if (files.value().is_object() && files.value().contains(file))
            hashes.emplace(file, readHash(files, file));
    }
    if (hashes.contains(kGeneratorFile) && hashes.contains(kTorchScriptFile))
        files.refuse(kTorchScriptFile, fmt::format("must not be there beside {}", kGeneratorFile));
    return hashes;
}

/// The network and the files it needs. Only an avatar without any network's file may do without it.
void readNetworkAndFiles(JsonObject& root, AvatarManifest& manifest)
{
    auto files = root.object("files");
    manifest.fileHashes = readHashes(files, manifest.schemaVersion);
    const bool hasNetworkFile =
        manifest.has(kGeneratorFile) || manifest.has(kTorchScriptFile) || manifest.has(kAudioEncoderFile);
    if (hasNetworkFile || root.value().contains("network"))
        manifest.network = readNetwork(root.object("network"));
    if (!hasNetworkFile || root.error())
        return;
    if (!manifest.isTrained())
        files.refuse(manifest.generatorFile(), fmt::format("is missing, but a {} needs it", manifest.network.name()));
    else if (manifest.network.mode == nn::AudioMode::Ave && !manifest.has(kAudioEncoderFile))
        files.refuse(kAudioEncoderFile, fmt::format("is missing, but a {} needs it", manifest.network.name()));
}

void readGeometry(JsonObject& root, AvatarManifest& manifest)
{
    auto rate = root.object("frame_rate");
    manifest.frameRateNumerator = rate.number("numerator", 1, kMaxRatePart);
    manifest.frameRateDenominator = std::max(1, rate.number("denominator", 1, kMaxRatePart));
    if (manifest.frameRate() < kSlowestRate || manifest.frameRate() > kFastestRate)
        root.refuse("frame_rate", fmt::format("must be {} to {} frames a second", kSlowestRate, kFastestRate));

    auto frame = root.object("frame");
    manifest.frameWidth = frame.number("width", 1, kMaxFrameSide);
    manifest.frameHeight = frame.number("height", 1, kMaxFrameSide);
    manifest.frameCount = frame.number("count", 2, kMaxFrameCount);

    auto loop = root.object("loop");
    manifest.loop = word(loop, "rule", kLoopRules);
    manifest.startFrame = loop.number("start_frame", 0, std::max(0, manifest.frameCount - 2), 0);
    manifest.cropResize =
        word(root, "crop_resize", kCropResizes, std::optional<CropResize>(defaultCropResize(manifest.network.kind)));
}

} // namespace

CropResize defaultCropResize(nn::GeneratorKind kind)
{
    return nn::profileOf(kind, nn::AudioMode::Ave).cropResize;
}

const char* AvatarManifest::generatorFile() const
{
    return network.kind == nn::GeneratorKind::TorchScript ? kTorchScriptFile : kGeneratorFile;
}

std::string AvatarManifest::generatorHash() const
{
    const auto hash = fileHashes.find(generatorFile());
    return hash == fileHashes.end() ? std::string() : hash->second;
}

Result<AvatarManifest> parseManifest(std::string_view json)
{
    const auto parsed = parseJson(json, kManifestFile, kMaxManifestBytes, kMaxDepth);
    if (!parsed)
        return failure(parsed);

    JsonObject root(*parsed, kManifestFile);
    AvatarManifest manifest;
    manifest.schemaVersion = root.number("schema_version", 1, 1'000'000);
    if (manifest.schemaVersion > kManifestSchemaVersion) {
        root.refuse("schema_version",
                    fmt::format("is {}, but this program reads up to {}: the avatar needs a newer version of it",
                                manifest.schemaVersion, kManifestSchemaVersion));
    }
    manifest.name = readName(root);
    manifest.title = root.text("title", kMaxTextBytes, "");
    manifest.licence = root.text("licence", kMaxTextBytes, "");
    manifest.attribution = root.text("attribution", kMaxTextBytes, "");

    readNetworkAndFiles(root, manifest);
    readGeometry(root, manifest);
    if (root.error())
        return tl::unexpected<Error>(*root.error());
    return manifest;
}

std::string toJson(const AvatarManifest& manifest)
{
    nlohmann::ordered_json json;
    json["schema_version"] = manifest.schemaVersion;
    json["name"] = manifest.name;
    json["title"] = manifest.title;
    json["licence"] = manifest.licence;
    json["attribution"] = manifest.attribution;
    json["network"] = networkToJson(manifest.network);
    json["frame_rate"] = {{"numerator", manifest.frameRateNumerator}, {"denominator", manifest.frameRateDenominator}};
    json["frame"] = {{"width", manifest.frameWidth}, {"height", manifest.frameHeight}, {"count", manifest.frameCount}};
    json["loop"] = {{"rule", nameOf(kLoopRules, manifest.loop)}, {"start_frame", manifest.startFrame}};
    json["crop_resize"] = nameOf(kCropResizes, manifest.cropResize);
    json["files"] = manifest.fileHashes;
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

} // namespace lipsync::avatar

// SPDX-License-Identifier: GPL-3.0-or-later
#include "inspection.h"

#include "audio/feature_track.h"
#include "avatar/avatar_package.h"
#include "base/file_system.h"
#include "media/audio_decoder.h"
#include "media/video_reader.h"
#include "nn/checkpoint/weights_file.h"
#include "weights_inspection.h"

#include <algorithm>
#include <cmath>

namespace lipsync::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

double rounded(double value)
{
    constexpr double kSteps = 10000;
    return std::round(value * kSteps) / kSteps;
}

std::uintmax_t fileBytes(const fs::path& file)
{
    std::error_code error;
    const auto bytes = fs::file_size(file, error);
    return error ? 0 : bytes;
}

std::string_view loopName(avatar::LoopRule rule)
{
    switch (rule) {
    case avatar::LoopRule::PingPong:
        return "ping-pong";
    case avatar::LoopRule::Mirror:
        return "mirror";
    case avatar::LoopRule::Modulo:
        break;
    }
    return "modulo";
}

/// What would compute the network on the processor, for each arithmetic that it has.
Json executors(const nn::GeneratorSpec& spec)
{
    Json names = Json::object();
    for (const auto& [name, precision] :
         {std::pair("fp32", nn::Precision::Fp32), std::pair("bf16", nn::Precision::Bf16)}) {
        nn::RunOptions options;
        options.precision = precision;
        if (nn::usablePrecision(precision, nn::Device{}) == precision)
            names[name] = nn::describeExecutor(spec, options);
    }
    return names;
}

void addManifest(Json& facts, const avatar::AvatarManifest& manifest)
{
    facts["name"] = manifest.name;
    facts["title"] = manifest.title;
    facts["licence"] = manifest.licence;
    facts["attribution"] = manifest.attribution;
    facts["trained"] = manifest.isTrained();
    facts["network"] = nn::toString(manifest.network.kind);
    facts["audio_mode"] = nn::toString(manifest.network.mode);
    facts["network_width"] = manifest.network.width;
    facts["executors"] = executors(manifest.network);
    facts["frames"] = manifest.frameCount;
    facts["fps"] = rounded(manifest.frameRate());
    facts["seconds"] = rounded(manifest.frameCount / manifest.frameRate());
    facts["width"] = manifest.frameWidth;
    facts["height"] = manifest.frameHeight;
    facts["loop"] = loopName(manifest.loop);
    facts["start_frame"] = manifest.startFrame;
}

/// Smallest and largest side of the face's square, and how far it wanders, in pixels of the frame.
void addCrops(Json& facts, const std::vector<avatar::CropRectangle>& crops)
{
    const auto range = [&](auto&& number) {
        int smallest = number(crops.front()), largest = smallest;
        for (const auto& crop : crops) {
            smallest = std::min(smallest, number(crop));
            largest = std::max(largest, number(crop));
        }
        return Json{smallest, largest};
    };
    facts["crop_side_range"] = range([](const auto& crop) { return crop.width(); });
    facts["crop_left_range"] = range([](const auto& crop) { return crop.x1; });
    facts["crop_top_range"] = range([](const auto& crop) { return crop.y1; });
}

/// What the manifest says about an avatar that cannot be used, as far as it can be read.
void addReadableManifest(Json& facts, const fs::path& folder)
{
    const auto text = readFile(folder / avatar::kManifestFile, avatar::kMaxManifestBytes);
    if (!text)
        return;
    if (const auto manifest = avatar::parseManifest({text->data(), text->size()}))
        addManifest(facts, *manifest);
}

Inspection inspectAvatar(const fs::path& folder)
{
    Inspection found;
    auto& facts = found.facts;
    const auto package = avatar::AvatarPackage::open(folder);
    facts = {{"kind", "avatar"}, {"path", folder.string()}, {"valid", package.has_value()}};
    if (package) {
        addManifest(facts, (*package)->manifest());
        addCrops(facts, (*package)->crops());
    } else {
        found.problem = package.error();
        facts["problem"] = package.error().text();
        addReadableManifest(facts, folder);
    }
    std::uintmax_t total = fileBytes(folder / avatar::kManifestFile);
    Json files = Json::object();
    const auto addFiles = [&](const auto& names, bool always) {
        for (const char* file : names) {
            std::error_code ignored;
            if (!always && !fs::exists(folder / file, ignored))
                continue;
            files[file] = fileBytes(folder / file);
            total += fileBytes(folder / file);
        }
    };
    addFiles(avatar::kRequiredFiles, true);
    addFiles(avatar::kOptionalFiles, false);
    facts["bytes"] = total;
    facts["file_bytes"] = std::move(files);
    return found;
}

/// Length, format and loudness of a file's sound, and how many frames an avatar speaks it in.
Result<Json> voiceFacts(const fs::path& file)
{
    const auto sound = media::decodeAudio(file);
    if (!sound)
        return failure(sound);
    float peak = 0;
    for (const float sample : sound->samples)
        peak = std::max(peak, std::abs(sample));
    const auto speechSamples = static_cast<std::size_t>(
        std::llround(static_cast<double>(sound->frames()) * media::kSpeechSampleRate / sound->sampleRate));
    return Json{{"seconds", rounded(sound->seconds())},
                {"sample_rate", sound->sampleRate},
                {"channels", sound->channels},
                {"peak", rounded(peak)},
                {"avatar_frames", audio::videoFrameCount(speechSamples)},
                {"avatar_fps", audio::kFeatureFramesPerSecond}};
}

Inspection inspectVideo(const fs::path& file, const media::VideoInfo& info)
{
    Inspection found;
    found.facts = {{"kind", "video"},
                   {"path", file.string()},
                   {"valid", true},
                   {"bytes", fileBytes(file)},
                   {"codec", info.codec},
                   {"width", info.width},
                   {"height", info.height},
                   {"rotation_degrees", info.rotationDegrees},
                   {"fps", rounded(info.frameRate)},
                   {"frames", info.frameCount},
                   {"seconds", rounded(info.seconds)},
                   {"voice", nullptr}};
    if (!info.hasAudio)
        return found;
    if (auto voice = voiceFacts(file)) {
        found.facts["voice"] = std::move(*voice);
    } else {
        found.facts["valid"] = false;
        found.facts["problem"] = voice.error().text();
        found.problem = voice.error();
    }
    return found;
}

Result<Inspection> inspectVoice(const fs::path& file)
{
    const auto voice = voiceFacts(file);
    if (!voice)
        return failure(voice);
    Inspection found;
    found.facts = {{"kind", "voice"}, {"path", file.string()}, {"valid", true}, {"bytes", fileBytes(file)}};
    found.facts.update(*voice);
    return found;
}

/// FFmpeg reads any text file as the screen of an old terminal, which is no video to us.
bool isVideo(const Result<media::VideoInfo>& info)
{
    return info && info->codec != "ansi";
}

} // namespace

Result<Inspection> inspect(const fs::path& path)
{
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status)) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("There is no file or folder '{}'. Check the name.", path.string()));
    }
    if (fs::is_directory(status)) {
        if (path.extension() == ".avatar" || fs::exists(path / avatar::kManifestFile, error))
            return inspectAvatar(path);
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("The folder '{}' is no avatar: it holds no {}.", path.string(), avatar::kManifestFile));
    }
    if (nn::isWeightsFile(path))
        return inspectWeights(path);
    const auto video = media::probeVideo(path);
    if (isVideo(video))
        return inspectVideo(path, *video);
    auto voice = inspectVoice(path);
    if (voice || voice.error().code != ErrorCode::InvalidInput)
        return voice;
    return failure(
        ErrorCode::InvalidInput,
        fmt::format("'{}' is no avatar folder, weights file (.safetensors, .pth), video or voice that can be read.",
                    path.string()),
        voice.error().cause.empty() ? voice.error().message : voice.error().cause);
}

} // namespace lipsync::cli

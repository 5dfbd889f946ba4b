// SPDX-License-Identifier: GPL-3.0-or-later
#include "array_file.h"
#include "audio/feature_track.h"
#include "avatar/avatar_package.h"
#include "command.h"
#include "media/audio_decoder.h"
#include "options.h"
#include "output.h"
#include "terminal.h"

#include <algorithm>
#include <array>
#include <memory>

namespace lipsync::cli {

namespace {

constexpr std::size_t kChunk = 16 * audio::kMelSampleRate; ///< samples between looks at the clock and at Ctrl-C

struct FeatureRequest {
    std::filesystem::path avatar;
    std::filesystem::path voice;
    std::filesystem::path features;
    std::filesystem::path mel; ///< empty: not wanted
    nn::RunOptions network;
};

Status checkRequest(const FeatureRequest& request)
{
    if (auto usable = checkArrayOutput(request.features, {request.avatar, request.voice});
        !usable || request.mel.empty())
        return usable;
    if (request.mel.lexically_normal() == request.features.lexically_normal())
        return failure(ErrorCode::Usage, fmt::format("--out and --mel-out both name '{}'.", request.mel.string()));
    return checkArrayOutput(request.mel, {request.avatar, request.voice});
}

Result<std::unique_ptr<nn::AudioEncoder>> openEncoder(const avatar::AvatarPackage& package,
                                                      const nn::RunOptions& options)
{
    const auto mode = package.manifest().network.mode;
    if (mode != nn::AudioMode::Ave) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The avatar {} listens to {} features, which cannot be computed from a voice here; "
                                   "use an avatar trained with AVE features.",
                                   package.folder().string(), nn::toString(mode)));
    }
    const auto weights = package.audioEncoderWeights();
    if (!weights)
        return failure(weights);
    return nn::AudioEncoder::create(*weights, options);
}

Status encode(audio::FeatureTrack& track, std::span<const float> samples, const std::stop_token& stop)
{
    ProgressLine line;
    for (std::size_t done = 0; done < samples.size();) {
        if (auto going = checkGoingOn(stop); !going)
            return going;
        const auto part = samples.subspan(done, std::min(kChunk, samples.size() - done));
        if (auto pushed = track.push(part); !pushed)
            return pushed;
        done += part.size();
        line.show("features", static_cast<double>(done) / static_cast<double>(samples.size()),
                  fmt::format("{}/{} s", done / audio::kMelSampleRate, samples.size() / audio::kMelSampleRate));
    }
    if (auto finished = track.finish(); !finished)
        return finished;
    return checkGoingOn(stop);
}

Status writeFeatures(const FeatureRequest& request, const std::stop_token& stop)
{
    if (auto sensible = checkRequest(request); !sensible)
        return sensible;
    const auto package = avatar::AvatarPackage::open(request.avatar);
    if (!package)
        return failure(package);
    const auto voice = media::decodeSpeech(request.voice);
    if (!voice)
        return failure(voice);
    auto encoder = openEncoder(**package, request.network);
    if (!encoder)
        return failure(encoder);
    audio::FeatureTrack track(audio::featureEncoder(**encoder),
                              {.framesPerSecond = (*package)->manifest().frameRate()});
    if (auto encoded = encode(track, voice->samples, stop); !encoded)
        return encoded;

    std::vector<float> table;
    table.reserve(track.featureRows() * audio::kFeatureSize);
    for (std::size_t row = 0; row < track.featureRows(); ++row)
        table.insert(table.end(), track.feature(row).begin(), track.feature(row).end());
    if (auto written = writeArray(request.features, std::array{track.featureRows(), audio::kFeatureSize}, table);
        !written)
        return written;
    if (request.mel.empty())
        return {};
    const auto mel = audio::melSpectrogram(voice->samples);
    return writeArray(request.mel, std::array{mel.size() / audio::kMelBandCount, audio::kMelBandCount}, mel);
}

} // namespace

void addFeaturesCommand(CommandLine& line)
{
    auto request = std::make_shared<FeatureRequest>();
    auto* command = line.app.add_subcommand("features", "Write what an avatar's audio encoder hears in a voice");
    command->add_option("--avatar", request->avatar, "Avatar folder, NAME.avatar")->required()->type_name("DIR");
    command->add_option("--voice", request->voice, "Sound or video file with the voice")->required()->type_name("FILE");
    command->add_option("--out", request->features, "Array to write: one row of 512 numbers a frame of the video")
        ->required()
        ->type_name("F.npy");
    command
        ->add_option("--mel-out", request->mel, "Also write the mel spectrogram: one row of 80 numbers every 12.5 ms")
        ->type_name("M.npy");
    addThreadsOption(*command, request->network);
    command->footer(
        "Arrays are float32; one that exists is replaced.\n"
        "Example:\n  lipsync features --avatar demo.avatar --voice speech.wav --out features.npy --mel-out mel.npy");
    command->callback(
        [&line, request] { line.chosen = [&line, request] { return writeFeatures(*request, line.stop); }; });
}

} // namespace lipsync::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#include "array_file.h"
#include "audio/mel_spectrogram.h"
#include "base/npy.h"
#include "command.h"
#include "media/audio_decoder.h"
#include "output.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

namespace lipsync::cli {

namespace {

namespace fs = std::filesystem;

/// Filters and mixing lift peaks of good sound a little above 1; integers that were never scaled are far above.
constexpr float kLoudestSample = 4.0F;
constexpr std::size_t kChunk = 16 * audio::kMelSampleRate; ///< samples between looks at Ctrl-C

Result<std::vector<float>> readSamples(const fs::path& file)
{
    auto array = readNpy(file);
    if (!array)
        return failure(array);
    if (array->shape.size() != 1 || array->values.empty()) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("'{}' is no sound: an array of samples has one dimension and at least one number.",
                                   file.string()));
    }
    const auto strange = std::find_if(array->values.begin(), array->values.end(),
                                      [](float sample) { return !(std::abs(sample) <= kLoudestSample); });
    if (strange != array->values.end()) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("'{}' holds {} at {}, but samples lie within ±1. Divide 16-bit samples by 32768.",
                                   file.string(), *strange, strange - array->values.begin()));
    }
    return std::move(array->values);
}

Result<std::vector<float>> readVoice(const fs::path& file)
{
    if (isArrayFile(file))
        return readSamples(file);
    auto sound = media::decodeSpeech(file);
    if (!sound)
        return failure(sound);
    return std::move(sound->samples);
}

Status writeMel(const fs::path& voice, const fs::path& output, const std::stop_token& stop)
{
    if (auto usable = checkArrayOutput(output, {voice}); !usable)
        return usable;
    const auto samples = readVoice(voice);
    if (!samples)
        return failure(samples);
    audio::MelStream stream;
    for (std::size_t done = 0; done < samples->size(); done += kChunk) {
        if (auto going = checkGoingOn(stop); !going)
            return going;
        stream.push(std::span(*samples).subspan(done, std::min(kChunk, samples->size() - done)));
    }
    stream.finish();
    std::vector<float> mel;
    mel.reserve(stream.columns() * audio::kMelBandCount);
    for (std::size_t column = 0; column < stream.columns(); ++column)
        mel.insert(mel.end(), stream.column(column).begin(), stream.column(column).end());
    return writeArray(output, std::array{stream.columns(), audio::kMelBandCount}, mel);
}

} // namespace

void addMelCommand(CommandLine& line)
{
    struct Options {
        fs::path voice;
        fs::path output;
    };
    auto options = std::make_shared<Options>();
    auto* command = line.app.add_subcommand("mel", "Write the mel spectrogram of a voice");
    command->add_option("--voice", options->voice, "Sound or video file, or a .npy array of samples at 16 kHz")
        ->required()
        ->type_name("FILE");
    command->add_option("--out", options->output, "Array to write: float32, one row of 80 numbers every 12.5 ms")
        ->required()
        ->type_name("M.npy");
    command->footer("An array that exists is replaced.\nExample:\n  lipsync mel --voice speech.wav --out mel.npy");
    command->callback([&line, options] {
        line.chosen = [&line, options] { return writeMel(options->voice, options->output, line.stop); };
    });
}

} // namespace lipsync::cli

// SPDX-License-Identifier: GPL-3.0-or-later
// What stands around the network in a render: mel spectrogram, pasting the mouth back, encoding the video.
#include "audio/mel_spectrogram.h"
#include "avatar/compositor.h"
#include "media/video_writer.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <filesystem>

#include <opencv2/core.hpp>

namespace {

using namespace lipsync;

constexpr int kFrameSide = 512; ///< of the demo avatar's template

/// A picture with smooth and noisy parts, different for each `seed`; as hard to encode as a filmed face.
cv::Mat somePicture(cv::Size size, int seed)
{
    cv::Mat picture(size, CV_8UC3);
    cv::RNG random(static_cast<std::uint64_t>(seed) + 1);
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            const int noise = random.uniform(0, 8);
            picture.at<cv::Vec3b>(y, x) = {static_cast<std::uint8_t>((x + 3 * seed) / 4 % 200 + noise),
                                           static_cast<std::uint8_t>(y / 4 % 200 + noise),
                                           static_cast<std::uint8_t>((x + y) / 8 % 200 + noise)};
        }
    }
    return picture;
}

/// Argument: seconds of 16 kHz sound.
void melSpectrogramOfSound(benchmark::State& state)
{
    std::vector<float> samples(static_cast<std::size_t>(state.range(0)) * audio::kMelSampleRate);
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = 0.5f * std::sin(0.001f * static_cast<float>(i % 9973) * static_cast<float>(i % 101));
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(audio::melSpectrogram(samples));
    state.counters["seconds_per_second"] =
        benchmark::Counter(static_cast<double>(state.iterations() * state.range(0)), benchmark::Counter::kIsRate);
}
BENCHMARK(melSpectrogramOfSound)->ArgName("seconds")->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);

/// Argument: 1 for the exact paste, 0 for the feathered one.
void pasteMouth(benchmark::State& state)
{
    constexpr int kCropSide = 240;
    const nn::GeneratorSpec network{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 16};
    const avatar::Compositor compositor(network, avatar::defaultCropResize(network.kind),
                                        state.range(0) ? avatar::PasteMode::Exact : avatar::PasteMode::Feathered);
    avatar::TemplateFrame frame;
    frame.picture = somePicture({kFrameSide, kFrameSide}, 0);
    frame.rectangle = {136, 200, 136 + kCropSide, 200 + kCropSide};
    frame.crop = somePicture({network.cropSize(), network.cropSize()}, 1);
    const cv::Mat mouth = somePicture({network.pictureSize(), network.pictureSize()}, 2);
    cv::Mat result;
    for ([[maybe_unused]] auto _ : state) {
        if (const auto pasted = compositor.paste(frame, {mouth.data, network.pictureBytes()}, result); !pasted)
            return state.SkipWithError(pasted.error().message.c_str());
    }
    state.counters["frames_per_second"] =
        benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(pasteMouth)->ArgName("exact")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

/// Argument: threads of the encoder. Fifty frames with their sound into a file, as an export writes them.
void encodeVideo(benchmark::State& state)
{
    constexpr int kFrames = 50, kSamplesOfFrame = 640;
    const auto file = std::filesystem::temp_directory_path() / "lipsync-bench-encode.mp4";
    std::vector<cv::Mat> pictures;
    for (int i = 0; i < kFrames; ++i)
        pictures.push_back(somePicture({kFrameSide, kFrameSide}, i));
    media::VideoOptions options;
    options.width = options.height = kFrameSide;
    options.threads = static_cast<int>(state.range(0));
    options.audioSampleRate = 16000;
    options.overwrite = true;
    const std::vector<float> sound(kSamplesOfFrame, 0.1f);
    for ([[maybe_unused]] auto _ : state) {
        auto writer = media::VideoWriter::create(file, options);
        if (!writer)
            return state.SkipWithError(writer.error().message.c_str());
        for (const auto& picture : pictures) {
            if (!(*writer)->write(picture) || !(*writer)->writeAudio(sound))
                return state.SkipWithError("a frame could not be encoded");
        }
        if (const auto finished = (*writer)->finish(); !finished)
            return state.SkipWithError(finished.error().message.c_str());
    }
    std::filesystem::remove(file);
    state.counters["frames_per_second"] =
        benchmark::Counter(static_cast<double>(state.iterations() * kFrames), benchmark::Counter::kIsRate);
}
BENCHMARK(encodeVideo)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace

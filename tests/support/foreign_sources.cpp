// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/foreign_sources.h"

#include "base/npy.h"
#include "engine/media/sample_media.h"
#include "media/video_writer.h"
#include "nn/formula_weights.h"

#include <array>
#include <string>
#include <vector>

#include <opencv2/imgcodecs.hpp>

namespace lipsync::test {
namespace fs = std::filesystem;
namespace sample = lipsync::media::sample;

namespace {

constexpr int kRate = 16000;
constexpr int kSide = 60;
constexpr int kSpareFrames = 3; // of the older package's video

std::vector<float> sweepFor(const ForeignSource& source)
{
    const double seconds = static_cast<double>(source.frames) / source.frameRate;
    return sample::chirp(kRate, static_cast<std::size_t>(seconds * kRate), seconds, 3000.0);
}

cv::Mat picture(int number, cv::Size size)
{
    return sample::numberedPicture(number, size.width, size.height);
}

Status writePictures(const fs::path& file, const ForeignSource& source, int frames, bool withSound)
{
    media::VideoOptions options;
    options.width = source.size.width;
    options.height = source.size.height;
    options.frameRateNumerator = source.frameRate;
    options.quality = 12;
    options.overwrite = true;
    if (withSound)
        options.audioSampleRate = kRate;
    auto writer = media::VideoWriter::create(file, options);
    if (!writer)
        return failure(writer);
    for (int i = 0; i < frames; ++i)
        if (auto written = (*writer)->write(picture(i, source.size)); !written)
            return written;
    if (withSound) {
        if (auto written = (*writer)->writeAudio(sweepFor(source)); !written)
            return written;
    }
    return (*writer)->finish();
}

void writeLandmarks(const fs::path& folder, int frames)
{
    fs::create_directories(folder);
    for (int i = 0; i < frames; ++i)
        writeForeignLandmarks(folder, i, foreignCrop(i));
}

std::string corners(int frame)
{
    const auto crop = foreignCrop(frame);
    return fmt::format("[{}, {}, {}, {}]", crop.x1, crop.y1, crop.x2, crop.y2);
}

void writeRectangles(const fs::path& folder, int frames)
{
    std::string list = "[";
    std::string cache = "{";
    for (int i = 0; i < frames; ++i) {
        list += (i == 0 ? "" : ", ") + corners(i);
        cache += fmt::format("{}\"{}\": {{\"rect\": {}, \"original_path\": \"full/{}.jpg\"}}", i == 0 ? "" : ", ", i,
                             corners(i), i);
    }
    sample::writeBytes(folder / "crop_rects.json", list + "]");
    fs::create_directories(folder / "cache");
    sample::writeBytes(folder / "cache" / "crop_rectangles.json", cache + "}");
}

} // namespace

avatar::CropRectangle foreignCrop(int frame)
{
    const int left = 70 + frame % 5;
    const int top = 30 + frame % 3;
    return {left, top, left + kSide, top + kSide};
}

void writeForeignLandmarks(const fs::path& folder, int frame, const avatar::CropRectangle& crop)
{
    std::string text;
    for (int point = 0; point < 110; ++point) {
        double x = crop.x1 + 20.25;
        double y = crop.y1 + 20.75;
        if (point == 1)
            x = crop.x1 + 0.9; // is cut, not rounded
        if (point == 31)
            x = crop.x2 + 0.6;
        if (point == 52)
            y = crop.y1 + 0.7;
        text += fmt::format("{} {}\n", x, y);
    }
    sample::writeBytes(folder / fmt::format("{}.lms", frame), text);
}

Status writeForeignNetwork(const fs::path& file, const nn::GeneratorSpec& network)
{
    return nn::writeSafetensors(file, nn::formulaWeights(network));
}

Status writeForeignEncoder(const fs::path& file)
{
    return nn::writeSafetensors(file, nn::formulaAudioEncoderWeights());
}

Status writeForeignDataSet(const fs::path& folder, const ForeignSource& source)
{
    fs::create_directories(folder / "full_body_img");
    fs::create_directories(folder / "checkpoint");
    for (int i = 0; i < source.frames; ++i)
        cv::imwrite((folder / "full_body_img" / fmt::format("{}.jpg", i)).string(), picture(i, source.size));
    writeLandmarks(folder / "landmarks", source.frames);
    if (source.withSound)
        sample::writeWav(folder / "aud.wav", kRate, 1, std::span<const float>(sweepFor(source)));
    if (source.network.mode == nn::AudioMode::Ave)
        sample::writeBytes(folder / "aud_ave.npy", "nobody reads these");
    auto other = source.network;
    other.width = 2 * source.network.width;
    if (auto written = writeForeignNetwork(folder / "checkpoint" / "5.pth", other); !written)
        return written;
    return writeForeignNetwork(folder / "checkpoint" / "10.pth", source.network);
}

Status writeForeignPackage(const fs::path& folder, const ForeignSource& source)
{
    fs::create_directories(folder / "checkpoint");
    writeLandmarks(folder / "landmarks", source.frames);
    writeRectangles(folder, source.frames);
    sample::writeBytes(folder / "package_info.json",
                       fmt::format(R"({{"package_version": "2.0", "dataset_name": "anna", "original_shape": [328, 328],
  "videos": {{"full_body_img": {{"video_file": "full_body_video.mp4", "frame_count": {}, "fps": {}}}}},
  "onnx": {{"file": "checkpoint/model_best.onnx", "opset": 17, "asr_mode": "ave"}}}})",
                                   source.frames, source.frameRate));
    if (auto written = writePictures(folder / "full_body_video.mp4", source, source.frames, false); !written)
        return written;
    return writeForeignNetwork(folder / "checkpoint" / "best_trainloss.pth", source.network);
}

Status writeOlderPackage(const fs::path& folder, const ForeignSource& source)
{
    fs::create_directories(folder / "face_bounds");
    fs::create_directories(folder / "models");
    for (int i = 0; i < source.frames; ++i) {
        const auto crop = foreignCrop(i);
        const std::array<float, 5> bounds{static_cast<float>(crop.x1), static_cast<float>(crop.y1),
                                          static_cast<float>(crop.x2), static_cast<float>(crop.y2), kSide};
        const std::array<std::size_t, 1> shape{bounds.size()};
        if (auto written = writeNpy(folder / "face_bounds" / fmt::format("{}.npy", i), shape, std::span(bounds));
            !written)
            return written;
    }
    sample::writeBytes(folder / "package_info.json",
                       fmt::format(R"({{"dataset_name": "default_model", "source_video": {{"processed_frames": {}}}}})",
                                   source.frames));
    if (auto written = writePictures(folder / "video.mp4", source, source.frames + kSpareFrames, source.withSound);
        !written)
        return written;
    if (auto written = writeForeignEncoder(folder / "models" / "audio_visual_encoder.pth"); !written)
        return written;
    return writeForeignNetwork(folder / "models" / "99.pth", source.network);
}

Status writeForeignVideo(const fs::path& file, const ForeignSource& source)
{
    return writePictures(file, source, source.frames, source.withSound);
}

} // namespace lipsync::test

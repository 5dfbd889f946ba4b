// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo_avatar.h"

#include "avatar/avatar_writer.h"
#include "avatar/template_frames.h"
#include "media/video_writer.h"
#include "training/demo/demo_character.h"

#include <cmath>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

namespace lipsync {

namespace {

constexpr int kFrameRate = 25;
constexpr int kTemplateQuality = 14; ///< H.264 constant rate factor: the template is decoded again for every render
constexpr int kThumbnailSize = 256;
constexpr double kThumbnailTime = 0.4;
constexpr training::MouthPose kThumbnailPose{0.12f, 0.75f, 0.0f}; // a light smile
constexpr float kRestingWidth = 0.45f;

/// Draws the loop into a video file and returns each frame's crop rectangle.
Result<std::vector<avatar::CropRectangle>> drawTemplate(const training::DemoCharacter& character, double open,
                                                        const std::filesystem::path& file)
{
    const int frames = static_cast<int>(std::lround(training::DemoCharacter::kLoopSeconds * kFrameRate));
    const training::MouthPose pose{static_cast<float>(open), kRestingWidth, 0.0f};
    media::VideoOptions options;
    std::unique_ptr<media::VideoWriter> writer;
    std::vector<avatar::CropRectangle> crops;
    for (int i = 0; i < frames; ++i) {
        const double time = (i + 0.5) / kFrameRate;
        const auto picture = character.draw(time, pose);
        if (!writer) {
            options.width = picture.cols;
            options.height = picture.rows;
            options.quality = kTemplateQuality;
            options.preset = "slow";
            options.keyframeInterval = avatar::kTemplateBlockFrames;
            options.markSynthetic = true;
            options.overwrite = true;
            auto created = media::VideoWriter::create(file, options);
            if (!created)
                return failure(created);
            writer = std::move(*created);
        }
        if (auto written = writer->write(picture); !written)
            return failure(written);
        const auto crop = character.mouthCrop(time);
        crops.push_back({crop.x, crop.y, crop.x + crop.width, crop.y + crop.height});
    }
    if (auto finished = writer->finish(); !finished)
        return failure(finished);
    return crops;
}

} // namespace

Status writeDemoAvatar(const DemoAvatarOptions& options)
{
    avatar::AvatarParts parts;
    auto generator = nn::readSafetensors(options.weights / "generator.safetensors");
    if (!generator)
        return failure(generator);
    const auto network = nn::detectGenerator(*generator, nn::AudioMode::Ave);
    if (!network)
        return failure(network);
    auto encoder = nn::readSafetensors(options.weights / "audio_encoder.safetensors");
    if (!encoder)
        return failure(encoder);

    const training::DemoCharacter character;
    const auto drawn = std::filesystem::path(options.output).concat(".template.mp4");
    auto crops = drawTemplate(character, options.templateOpen, drawn);
    if (!crops)
        return failure(crops);

    parts.manifest.name = "demo";
    parts.manifest.title = "Demo";
    parts.manifest.licence = "GPL-3.0-or-later";
    parts.manifest.attribution = "Drawn, spoken for and trained by the LipSync Studio project";
    parts.manifest.network = *network;
    parts.manifest.cropResize = avatar::defaultCropResize(network->kind);
    parts.templateVideo = drawn;
    parts.crops = std::move(*crops);
    parts.generator = std::move(*generator);
    parts.audioEncoder = std::move(*encoder);
    parts.weightStorage = nn::WeightStorage::Float16; // halves what everybody downloads
    cv::resize(character.draw(kThumbnailTime, kThumbnailPose), parts.thumbnail, {kThumbnailSize, kThumbnailSize}, 0, 0,
               cv::INTER_AREA);
    const auto written = avatar::writeAvatar(options.output, parts, options.overwrite);
    std::error_code ignored;
    std::filesystem::remove(drawn, ignored);
    return written;
}

} // namespace lipsync

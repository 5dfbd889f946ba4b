// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_avatar.h"

#include "avatar/avatar_writer.h"
#include "media/video_writer.h"
#include "nn/formula_weights.h"

namespace lipsync::test {

Status writeTestTemplate(const std::filesystem::path& file, const TestAvatarOptions& options)
{
    media::VideoOptions video;
    video.width = options.frameSize.width;
    video.height = options.frameSize.height;
    video.keyframeInterval = options.keyframeInterval;
    video.frameRateNumerator = options.frameRate;
    video.overwrite = true;
    auto writer = media::VideoWriter::create(file, video);
    if (!writer)
        return failure(writer);
    for (int i = 0; i < options.frameCount; ++i) {
        if (auto written = (*writer)->write(testTemplatePicture(i, options.frameSize)); !written)
            return written;
    }
    return (*writer)->finish();
}

cv::Mat testTemplatePicture(int index, cv::Size size)
{
    cv::Mat picture(size, CV_8UC3);
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            picture.at<cv::Vec3b>(y, x) = {static_cast<unsigned char>(40 + 120 * x / size.width),
                                           static_cast<unsigned char>(60 + 120 * y / size.height),
                                           static_cast<unsigned char>(50 + (7 * index) % 150)};
        }
    }
    return picture;
}

Status makeTestAvatar(const std::filesystem::path& folder, const TestAvatarOptions& options)
{
    avatar::AvatarParts parts;
    parts.manifest.name = "test";
    parts.manifest.title = "Test avatar";
    parts.manifest.licence = "GPL-3.0-or-later";
    parts.manifest.network = options.network;
    parts.manifest.loop = options.loop;
    parts.manifest.cropResize = options.network.profile().cropResize;
    parts.templateVideo = std::filesystem::path(folder).concat("-template.mp4");
    for (int i = 0; i < options.frameCount; ++i) {
        const int shift = i % 4; // the face moves a little
        const int left = (options.frameSize.width - options.cropSide) / 2 - shift;
        const int height = options.cropHeight > 0 ? options.cropHeight : options.cropSide;
        const int top = (options.frameSize.height - height) / 2 + shift;
        parts.crops.push_back({left, top, left + options.cropSide, top + height});
    }
    if (options.network.kind == nn::GeneratorKind::TorchScript)
        parts.torchScript = options.torchScript;
    else
        parts.generator = nn::formulaWeights(options.network);
    if (options.network.mode == nn::AudioMode::Ave)
        parts.audioEncoder = nn::formulaAudioEncoderWeights();
    parts.sound = options.sound;
    parts.features = options.features;
    parts.thumbnail = testTemplatePicture(0, {32, 32});

    if (auto written = writeTestTemplate(parts.templateVideo, options); !written)
        return written;
    auto written = avatar::writeAvatar(folder, parts, /*overwrite=*/true);
    std::error_code ignored;
    std::filesystem::remove(parts.templateVideo, ignored);
    return written;
}

} // namespace lipsync::test

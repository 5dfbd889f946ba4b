// SPDX-License-Identifier: GPL-3.0-or-later
#include "speaker_avatar.h"

#include "media/video_writer.h"
#include "media/wav_file.h"

#include <cmath>
#include <numbers>

#include <opencv2/imgproc.hpp>

namespace lipsync::test {

namespace {

constexpr int kSize = 96, kCropLeft = 16, kCropTop = 24, kCropSide = 64;
constexpr double kSwellSeconds = 0.5;

/// 0 closed … 1 open, as loud as the tone at that time.
double openness(double seconds)
{
    return 0.5 - 0.5 * std::cos(2 * std::numbers::pi * seconds / kSwellSeconds);
}

cv::Mat face(double open)
{
    cv::Mat picture(kSize, kSize, CV_8UC3, cv::Scalar(120, 140, 180));
    cv::circle(picture, {34, 30}, 4, {60, 60, 60}, cv::FILLED);
    cv::circle(picture, {62, 30}, 4, {60, 60, 60}, cv::FILLED);
    cv::ellipse(picture, {48, 60}, {12, 3 + static_cast<int>(std::lround(7 * open))}, 0, 0, 360, {40, 30, 90},
                cv::FILLED);
    return picture;
}

/// Eyes and nose where face() has them, lips around its mouth; the other points do not matter.
void addLandmarks(double open, std::vector<float>& values)
{
    for (int i = 0; i < 68; ++i) {
        float x = 48, y = 40;
        if (i >= 36 && i < 48) {
            x = i < 42 ? 34.0f : 62.0f;
            y = 30;
        } else if (i >= 48) {
            const int around = i < 60 ? i - 48 : i - 60, count = i < 60 ? 12 : 8;
            const double angle = std::numbers::pi * (1 + 2.0 * around / count);
            const double reach = i < 60 ? 1.0 : 0.8;
            x += static_cast<float>(12 * reach * std::cos(angle));
            y = 60 + static_cast<float>((3 + 7 * open) * reach * std::sin(angle));
        }
        values.push_back(x);
        values.push_back(y);
    }
}

Status writeTemplate(const std::filesystem::path& file, const SpeakerAvatarOptions& options)
{
    media::VideoOptions video;
    video.width = video.height = kSize;
    video.frameRateNumerator = options.frameRate;
    video.keyframeInterval = 12;
    video.overwrite = true;
    auto writer = media::VideoWriter::create(file, video);
    if (!writer)
        return failure(writer);
    for (int i = 0; i < options.frames; ++i) {
        if (auto written = (*writer)->write(face(openness((i + 0.5) / 25))); !written)
            return written;
    }
    return (*writer)->finish();
}

std::vector<float> tone(const SpeakerAvatarOptions& options)
{
    std::vector<float> samples(static_cast<std::size_t>(options.frames) * 640 + 3200);
    for (std::size_t i = 0; i < samples.size() && !options.isSilent; ++i) {
        const double time = static_cast<double>(i) / 16000;
        samples[i] = static_cast<float>(0.4 * openness(time) * std::sin(2 * std::numbers::pi * 220 * time));
    }
    return samples;
}

} // namespace

Status makeSpeakerAvatar(const std::filesystem::path& folder, const SpeakerAvatarOptions& options)
{
    avatar::AvatarParts parts;
    parts.manifest.name = "speaker";
    parts.templateVideo = std::filesystem::path(folder).concat("-template.mp4");
    parts.sound = options.hasSound ? std::filesystem::path(folder).concat("-sound.wav") : std::filesystem::path();
    parts.thumbnail = face(0);
    for (int i = 0; i < options.frames; ++i) {
        parts.crops.push_back({kCropLeft, kCropTop, kCropLeft + kCropSide, kCropTop + kCropSide});
        addLandmarks(openness((i + 0.5) / 25), parts.landmarks.values);
    }
    parts.landmarks.shape = {static_cast<std::size_t>(options.frames), 68, 2};
    if (!options.hasLandmarks)
        parts.landmarks = {};
    if (auto written = writeTemplate(parts.templateVideo, options); !written)
        return written;
    if (options.hasSound) {
        if (auto written = media::writeWav(parts.sound, tone(options), 16000); !written)
            return written;
    }
    return avatar::writeAvatar(folder, parts);
}

} // namespace lipsync::test

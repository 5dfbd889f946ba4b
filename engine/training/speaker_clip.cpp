// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/speaker_clip.h"

#include "audio/feature_track.h"
#include "audio/mel_spectrogram.h"
#include "base/npy.h"
#include "media/audio_decoder.h"
#include "media/video_reader.h"
#include "nn/network_spec.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace lipsync::training {

namespace {

constexpr std::size_t kMostPictureBytes = std::size_t{2} << 30;
constexpr float kSilence = 0.002f; ///< −54 dB: a sound that is nowhere louder holds no voice
constexpr float kSpeechRange = 0.05f; ///< −26 dB below its loud parts a voice is taken to pause
constexpr double kLoudPart = 0.95;
constexpr int kSamplesAFrame = 640; ///< of 16 kHz sound at 25 frames a second

tl::unexpected<Error> unusable(const avatar::AvatarPackage& package, std::string_view why)
{
    return failure(ErrorCode::InvalidInput,
                   fmt::format("The avatar {} cannot be trained: {}", package.folder().string(), why));
}

Result<std::vector<cv::Point2f>> readLandmarks(const avatar::AvatarPackage& package)
{
    const auto read = package.landmarks();
    if (!read)
        return failure(read);
    if (!*read) {
        return unusable(package,
                        "it has no landmarks, which say where the mouth is. Make it from its video with "
                        "'lipsync prepare'.");
    }
    const auto& array = **read;
    const auto frames = static_cast<std::size_t>(package.manifest().frameCount);
    if (array.shape != std::vector<std::size_t>{frames, kLandmarks, 2})
        return unusable(package, fmt::format("its landmarks must be {} × {} × 2 numbers.", frames, kLandmarks));
    std::vector<cv::Point2f> points(frames * kLandmarks);
    for (std::size_t i = 0; i < points.size(); ++i)
        points[i] = {array.values[2 * i], array.values[2 * i + 1]}; // finite: that was checked when it was opened
    return points;
}

Result<std::vector<float>> readSound(const avatar::AvatarPackage& package)
{
    const auto file = package.soundFile();
    if (!file)
        return unusable(package, "it has no sound. Prepare a video in which the person is heard.");
    auto sound = media::decodeSpeech(*file);
    if (!sound)
        return failure(sound);
    const auto loud = [](float sample) { return std::abs(sample) > kSilence; };
    if (std::none_of(sound->samples.begin(), sound->samples.end(), loud))
        return unusable(package, "its sound is silent. Prepare a video in which the person is heard.");
    return std::move(sound->samples);
}

/// 1 for frames whose sound is at most 26 dB below the loud parts of the clip.
std::vector<std::uint8_t> findSpeech(std::span<const float> sound, int frames)
{
    std::vector<float> levels(static_cast<std::size_t>(frames));
    for (int i = 0; i < frames; ++i) {
        const auto first = std::min(sound.size(), static_cast<std::size_t>(i) * kSamplesAFrame);
        const auto part = sound.subspan(first, std::min<std::size_t>(kSamplesAFrame, sound.size() - first));
        double squares = 0;
        for (const float sample : part)
            squares += static_cast<double>(sample) * sample;
        levels[static_cast<std::size_t>(i)] = static_cast<float>(std::sqrt(squares / kSamplesAFrame));
    }
    auto sorted = levels;
    const auto loudPlace = static_cast<std::ptrdiff_t>(kLoudPart * static_cast<double>(frames - 1));
    std::nth_element(sorted.begin(), sorted.begin() + loudPlace, sorted.end());
    const float limit = std::max(kSilence, sorted[static_cast<std::size_t>(loudPlace)] * kSpeechRange);
    std::vector<std::uint8_t> speaking(levels.size());
    std::transform(levels.begin(), levels.end(), speaking.begin(),
                   [&](float level) { return static_cast<std::uint8_t>(level > limit ? 1 : 0); });
    return speaking;
}

/// The crop and the margin around it, resized like cv::resize() does with linear interpolation.
void copyFace(const cv::Mat& frame, const avatar::CropRectangle& crop, int pictureSize, cv::Mat& out)
{
    const int border = nn::kCropBorder;
    const double scale = static_cast<double>(crop.width()) / (pictureSize + 2 * border);
    const double shift = border - kPictureMargin; // of the first pixel kept inside the resized crop
    const cv::Matx23d toFrame(scale, 0, crop.x1 + scale * (shift + 0.5) - 0.5, 0, scale,
                              crop.y1 + scale * (shift + 0.5) - 0.5);
    cv::warpAffine(frame, out, toFrame, out.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
}

/// A point of a frame in the network's picture.
cv::Point2f toPicture(cv::Point2f point, const avatar::CropRectangle& crop, int pictureSize)
{
    const float scale = static_cast<float>(pictureSize + 2 * nn::kCropBorder) / static_cast<float>(crop.width());
    const cv::Point2f origin(static_cast<float>(crop.x1), static_cast<float>(crop.y1));
    const float border = nn::kCropBorder;
    return (point - origin) * scale - cv::Point2f(border, border);
}

/// A mouth's box in the network's picture, whole pixels, clipped to it.
cv::Rect mouthInPicture(std::span<const cv::Point2f> face, const avatar::CropRectangle& crop, int pictureSize)
{
    const auto box = mouthBox(face);
    const cv::Point first = toPicture(box.tl(), crop, pictureSize), end = toPicture(box.br(), crop, pictureSize);
    return cv::Rect(first, end) & cv::Rect(0, 0, pictureSize, pictureSize);
}

Status readPictures(const avatar::AvatarPackage& package, SpeakerClip& clip, const std::stop_token& stop)
{
    const auto wanted = static_cast<std::size_t>(clip.frames) * clip.pictureBytes();
    clip.pictureStep = static_cast<int>((wanted + kMostPictureBytes - 1) / kMostPictureBytes);
    clip.pictures.resize((static_cast<std::size_t>(clip.frames - 1) / clip.pictureStep + 1) * clip.pictureBytes());
    auto reader = media::VideoReader::open(package.templateVideo());
    if (!reader)
        return failure(reader);
    for (int i = 0; i < clip.frames; ++i) {
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        const auto frame = (*reader)->next();
        if (!frame)
            return failure(frame);
        if (!*frame)
            return unusable(package, fmt::format("its template video ends before frame {}.", i));
        if (!clip.hasPicture(i))
            continue;
        cv::Mat face(clip.side(), clip.side(), CV_8UC3, const_cast<std::uint8_t*>(clip.picture(i)));
        copyFace(**frame, package.crops()[static_cast<std::size_t>(i)], clip.pictureSize, face);
    }
    return {};
}

} // namespace

Result<SpeakerClip> SpeakerClip::load(const avatar::AvatarPackage& package, int pictureSize, std::stop_token stop)
{
    const auto& manifest = package.manifest();
    if (manifest.frameRateNumerator != 25 * manifest.frameRateDenominator) {
        return unusable(package,
                        fmt::format("its clip has {:.2f} frames a second, and the network needs 25. Prepare its video "
                                    "again with 'lipsync prepare'.",
                                    manifest.frameRate()));
    }
    const auto landmarks = readLandmarks(package);
    if (!landmarks)
        return failure(landmarks);
    const auto sound = readSound(package);
    if (!sound)
        return failure(sound);

    SpeakerClip clip;
    clip.pictureSize = pictureSize;
    clip.mel = audio::melSpectrogram(*sound);
    const auto columns = clip.mel.size() / nn::kMelBands;
    const auto heard = columns < audio::kMelWindowColumns ? 0 : (columns - audio::kMelWindowColumns) * 5 / 16 + 1;
    clip.frames = std::min(manifest.frameCount, static_cast<int>(heard));
    if (clip.frames < kFewestSpeakerFrames) {
        return unusable(package,
                        fmt::format("it has {} frames with sound, and no less than {} ({} seconds) can be learnt "
                                    "from; 30 seconds and more are worth training.",
                                    clip.frames, kFewestSpeakerFrames, kFewestSpeakerFrames / 25));
    }
    const auto face = [&](int frame) {
        return std::span(*landmarks).subspan(static_cast<std::size_t>(frame) * kLandmarks, kLandmarks);
    };
    clip.shapes = measureMouths(std::span(*landmarks).first(static_cast<std::size_t>(clip.frames) * kLandmarks));
    clip.speaking = findSpeech(*sound, clip.frames);
    for (int i = 0; i < clip.frames; ++i) {
        const auto& crop = package.crops()[static_cast<std::size_t>(i)];
        clip.mouths.push_back(mouthInPicture(face(i), crop, pictureSize));
        if (clip.mouths.back().width < pictureSize / 16 || clip.mouths.back().height < pictureSize / 32)
            return unusable(package, fmt::format("the mouth of frame {} lies outside of its crop.", i));
        for (const auto& point : face(i).subspan(kFirstPosePoint, kPosePoints))
            clip.poses.push_back(toPicture(point, crop, pictureSize));
    }
    if (auto read = readPictures(package, clip, stop); !read)
        return failure(read);
    return clip;
}

PoseFit SpeakerClip::poseFit(int frame, int other) const
{
    const auto* a = poses.data() + static_cast<std::ptrdiff_t>(frame) * kPosePoints;
    const auto* b = poses.data() + static_cast<std::ptrdiff_t>(other) * kPosePoints;
    PoseFit fit;
    for (int i = 0; i < kPosePoints; ++i)
        fit.shift += (b[i] - a[i]) / static_cast<float>(kPosePoints);
    for (int i = 0; i < kPosePoints; ++i)
        fit.distance += static_cast<float>(cv::norm(b[i] - a[i] - fit.shift)) / kPosePoints;
    return fit;
}

double SpeakerClip::speechSeconds() const
{
    return static_cast<double>(std::count(speaking.begin(), speaking.end(), 1)) / frameRate;
}

int SpeakerClip::mouthKindsShown(int fewest) const
{
    int counts[kMouthKinds] = {};
    for (const auto& shape : shapes)
        ++counts[mouthKind(shape)];
    return static_cast<int>(std::count_if(std::begin(counts), std::end(counts), [&](int n) { return n >= fewest; }));
}

} // namespace lipsync::training

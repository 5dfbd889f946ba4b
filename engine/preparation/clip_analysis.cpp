// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/clip_analysis.h"

#include "faces/face_patch.h"

#include <algorithm>
#include <cmath>

namespace lipsync::preparation {

namespace {

// The mouth in an aligned patch, and how it must look to be seen.
const cv::Rect kMouthInPatch(10, 29, 28, 19);
constexpr std::size_t kMostSamples = 201; ///< patches in the clip's usual face
constexpr double kUsualMouth = 0.55; ///< below, mouths of this clip differ too much to tell a covered one
constexpr double kCoveredMouth = 0.45; ///< of the usual likeness

constexpr double kTurnedYaw = 25.0, kTurnedPitch = 20.0; ///< degrees
constexpr double kBlurred = 0.4; ///< of the clip's median sharpness

constexpr double kWindowSeconds = 0.02; ///< of sound
constexpr double kHeardDb = 30.0; ///< below the loudest windows
constexpr double kLoudShare = 0.95; ///< windows below which the loudest begin
constexpr float kFullScale = 0.999F;
constexpr double kSilenceDb = -120.0;

Spread spreadOf(std::vector<double> values)
{
    if (values.empty())
        return {};
    std::sort(values.begin(), values.end());
    return {values.front(), values[values.size() / 2], values.back()};
}

/// Ranges of frames for which `holds` is true.
template <typename Predicate> std::vector<FrameRange> rangesOf(std::size_t frames, Predicate&& holds)
{
    std::vector<FrameRange> ranges;
    for (std::size_t i = 0; i < frames; ++i) {
        if (!holds(i))
            continue;
        if (!ranges.empty() && ranges.back().last + 1 == i)
            ranges.back().last = i;
        else
            ranges.push_back({i, i});
    }
    return ranges;
}

/// Standard deviation of the white noise whose second differences are as large as these.
class Noise {
public:
    void add(double secondDifference)
    {
        m_squares += secondDifference * secondDifference;
        m_count += 1;
    }
    double value() const { return m_count > 0 ? std::sqrt(m_squares / m_count / 6.0) : 0.0; }

private:
    double m_squares = 0.0, m_count = 0.0;
};

/// Whether frames i−2, i−1 and i are of one scene.
bool isOneScene(const std::vector<ClipFrame>& frames, std::size_t i)
{
    return i >= 2 && !frames[i].face.isCut && !frames[i - 1].face.isCut;
}

double cropNoise(const std::vector<ClipFrame>& frames, const faces::CropPlan& crops)
{
    Noise noise;
    for (std::size_t i = 2; i < crops.squares.size(); ++i) {
        if (!isOneScene(frames, i))
            continue;
        const auto& now = crops.squares[i];
        const auto &before = crops.squares[i - 1], &earlier = crops.squares[i - 2];
        for (const auto bend : {now.tl() - 2 * before.tl() + earlier.tl(), now.br() - 2 * before.br() + earlier.br()}) {
            noise.add(bend.x);
            noise.add(bend.y);
        }
    }
    return noise.value();
}

double landmarkNoise(const std::vector<ClipFrame>& frames, std::span<const std::optional<faces::Landmarks68>> landmarks)
{
    Noise noise;
    for (std::size_t i = 2; i < landmarks.size(); ++i) {
        if (!isOneScene(frames, i) || !landmarks[i] || !landmarks[i - 1] || !landmarks[i - 2])
            continue;
        const auto now = faces::stillPoints(*landmarks[i]);
        const auto before = faces::stillPoints(*landmarks[i - 1]), earlier = faces::stillPoints(*landmarks[i - 2]);
        for (std::size_t k = 0; k < now.size(); ++k) {
            const auto bend = now[k] - 2 * before[k] + earlier[k];
            noise.add(bend.x);
            noise.add(bend.y);
        }
    }
    return noise.value();
}

double brightnessNoise(const std::vector<ClipFrame>& frames)
{
    Noise noise;
    for (std::size_t i = 2; i < frames.size(); ++i) {
        if (isOneScene(frames, i) && frames[i].face.isFound() && frames[i - 1].face.isFound() &&
            frames[i - 2].face.isFound())
            noise.add(frames[i].quality.brightness - 2 * frames[i - 1].quality.brightness +
                      frames[i - 2].quality.brightness);
    }
    return noise.value();
}

/// The median of every pixel over samples of the detected faces.
cv::Mat usualFace(const std::vector<ClipFrame>& frames)
{
    std::vector<const cv::Mat*> patches;
    for (const auto& frame : frames) {
        if (frame.face.source == faces::FaceSource::Detected && !frame.quality.patch.empty())
            patches.push_back(&frame.quality.patch);
    }
    if (patches.empty())
        return {};
    const std::size_t step = (patches.size() + kMostSamples - 1) / kMostSamples;
    cv::Mat usual(faces::kPatchSide, faces::kPatchSide, CV_8U);
    std::vector<unsigned char> values;
    for (int y = 0; y < usual.rows; ++y) {
        for (int x = 0; x < usual.cols; ++x) {
            values.clear();
            for (std::size_t i = 0; i < patches.size(); i += step)
                values.push_back(patches[i]->at<unsigned char>(y, x));
            const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
            std::nth_element(values.begin(), middle, values.end());
            usual.at<unsigned char>(y, x) = *middle;
        }
    }
    return usual;
}

template <typename Number> Spread spreadOver(const std::vector<ClipFrame>& frames, Number&& number)
{
    std::vector<double> values;
    for (const auto& frame : frames) {
        if (frame.face.isFound())
            values.push_back(number(frame));
    }
    return spreadOf(std::move(values));
}

void findSpreads(QualityReport& report, const std::vector<ClipFrame>& frames)
{
    report.faceWidth = spreadOver(frames, [](const auto& frame) { return frame.quality.width; });
    report.yaw = spreadOver(frames, [](const auto& frame) { return frame.pose.yaw; });
    report.pitch = spreadOver(frames, [](const auto& frame) { return frame.pose.pitch; });
    report.roll = spreadOver(frames, [](const auto& frame) { return frame.pose.roll; });
    report.sharpness = spreadOver(frames, [](const auto& frame) { return frame.quality.sharpness; });
    report.brightness = spreadOver(frames, [](const auto& frame) { return frame.quality.brightness; });
    report.contrast = spreadOver(frames, [](const auto& frame) { return frame.quality.contrast; });
    for (const auto& frame : frames) {
        if (frame.face.isFound())
            report.clippedShare += frame.quality.clipped / static_cast<double>(report.framesWithFace);
    }
    report.flicker = brightnessNoise(frames);
}

void findRanges(QualityReport& report, const std::vector<ClipFrame>& frames)
{
    using faces::FaceSource;
    const auto foundAnd = [&](auto&& holds) {
        return rangesOf(frames.size(), [&](std::size_t i) { return frames[i].face.isFound() && holds(frames[i]); });
    };
    report.lost = rangesOf(frames.size(), [&](std::size_t i) { return !frames[i].face.isFound(); });
    report.tracked = foundAnd([](const auto& frame) { return frame.face.source == FaceSource::Tracked; });
    report.turned = foundAnd([&](const auto& frame) {
        return std::abs(frame.pose.yaw) > kTurnedYaw || std::abs(frame.pose.pitch - report.pitch.median) > kTurnedPitch;
    });
    report.blurred =
        foundAnd([&](const auto& frame) { return frame.quality.sharpness < kBlurred * report.sharpness.median; });
    const auto usual = spreadOver(frames, [](const auto& frame) { return frame.quality.mouthLikeness; }).median;
    report.mouthCovered =
        foundAnd([&](const auto& frame) { return isMouthCovered(frame.quality.mouthLikeness, usual); });
}

void countFrames(QualityReport& report, const std::vector<ClipFrame>& frames)
{
    report.frames = frames.size();
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto& face = frames[i].face;
        report.framesWithFace += face.isFound() ? 1 : 0;
        report.framesDetected += face.source == faces::FaceSource::Detected ? 1 : 0;
        report.frameSources += face.isFound() ? (face.source == faces::FaceSource::Detected ? 'D' : 'T') : 'L';
        report.otherFaces = std::max(report.otherFaces, face.otherFaces);
        if (face.isCut)
            report.cuts.push_back(i);
        if (face.isElsewhere && face.isFound())
            report.elsewhere.push_back(i);
    }
}

double decibels(double amplitude)
{
    return amplitude > 0.0 ? 20.0 * std::log10(amplitude) : kSilenceDb;
}

} // namespace

void compareMouths(std::vector<ClipFrame>& frames)
{
    const cv::Mat usual = usualFace(frames);
    for (auto& frame : frames) {
        if (usual.empty() || frame.quality.patch.empty())
            continue;
        frame.quality.mouthLikeness = faces::likeness(frame.quality.patch(kMouthInPatch), usual(kMouthInPatch));
    }
}

bool isMouthCovered(double likeness, double usual)
{
    return usual > kUsualMouth && likeness < kCoveredMouth * usual;
}

QualityReport analyse(const std::vector<ClipFrame>& frames,
                      std::span<const std::optional<faces::Landmarks68>> landmarks, const faces::CropPlan& crops,
                      double frameRate, cv::Size frameSize)
{
    QualityReport report;
    report.frameRate = frameRate;
    report.frameWidth = frameSize.width;
    report.frameHeight = frameSize.height;
    countFrames(report, frames);
    findSpreads(report, frames);
    findRanges(report, frames);
    report.cropJitter = cropNoise(frames, crops);
    report.landmarkJitter = landmarkNoise(frames, landmarks);
    std::vector<bool> isPushed(frames.size(), false);
    for (const std::size_t frame : crops.pushed)
        isPushed[frame] = true;
    report.cropPushed = rangesOf(frames.size(), [&](std::size_t i) { return isPushed[i]; });
    std::vector<double> sides;
    for (const auto& square : crops.squares)
        sides.push_back(square.width);
    report.cropSide = static_cast<int>(spreadOf(std::move(sides)).median);
    return report;
}

SoundQuality measureSound(std::span<const float> samples, int sampleRate)
{
    SoundQuality sound;
    sound.isPresent = true;
    const auto window = static_cast<std::size_t>(kWindowSeconds * sampleRate);
    std::vector<double> levels;
    double peak = 0.0, clipped = 0.0;
    for (const float sample : samples) {
        peak = std::max<double>(peak, std::abs(sample));
        clipped += std::abs(sample) >= kFullScale ? 1.0 : 0.0;
    }
    for (std::size_t at = 0; at + window <= samples.size(); at += window) {
        double squares = 0.0;
        for (const float sample : samples.subspan(at, window))
            squares += static_cast<double>(sample) * sample;
        levels.push_back(decibels(std::sqrt(squares / static_cast<double>(window))));
    }
    sound.peak = decibels(peak);
    sound.clippedShare = samples.empty() ? 0.0 : clipped / static_cast<double>(samples.size());
    if (levels.empty())
        return sound;
    auto sorted = levels;
    std::sort(sorted.begin(), sorted.end());
    const double loudest = sorted[static_cast<std::size_t>(kLoudShare * static_cast<double>(sorted.size() - 1))];
    double energy = 0.0, heard = 0.0;
    for (const double level : levels) {
        if (level < loudest - kHeardDb || level <= kSilenceDb)
            continue;
        energy += std::pow(10.0, level / 10.0);
        heard += 1.0;
    }
    sound.heardShare = heard / static_cast<double>(levels.size());
    sound.loudness = heard > 0.0 ? 10.0 * std::log10(energy / heard) : kSilenceDb;
    return sound;
}

} // namespace lipsync::preparation

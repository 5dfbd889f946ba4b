// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/quality_report.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace lipsync::preparation {

namespace {

using Json = nlohmann::ordered_json;

double rounded(double value)
{
    constexpr double kSteps = 1000.0;
    return std::round(value * kSteps) / kSteps;
}

Json toJson(const std::vector<FrameRange>& ranges)
{
    Json array = Json::array();
    for (const auto& range : ranges)
        array.push_back({range.first, range.last});
    return array;
}

Json toJson(const Spread& spread)
{
    return {{"least", rounded(spread.least)}, {"median", rounded(spread.median)}, {"most", rounded(spread.most)}};
}

Json toJson(const SoundQuality& sound)
{
    if (!sound.isPresent)
        return nullptr;
    return {{"loudness_db", rounded(sound.loudness)},
            {"peak_db", rounded(sound.peak)},
            {"heard_share", rounded(sound.heardShare)},
            {"clipped_share", rounded(sound.clippedShare)}};
}

} // namespace

std::string toJson(const QualityReport& report)
{
    const Json json{
        {"frames", report.frames},
        {"frames_with_face", report.framesWithFace},
        {"frames_detected", report.framesDetected},
        {"warnings", report.warnings},
        {"fps", rounded(report.frameRate)},
        {"seconds", rounded(static_cast<double>(report.frames) / report.frameRate)},
        {"width", report.frameWidth},
        {"height", report.frameHeight},
        {"lost", toJson(report.lost)},
        {"tracked", toJson(report.tracked)},
        {"turned", toJson(report.turned)},
        {"blurred", toJson(report.blurred)},
        {"mouth_covered", toJson(report.mouthCovered)},
        {"crop_pushed_inside", toJson(report.cropPushed)},
        {"cuts", report.cuts},
        {"face_elsewhere", report.elsewhere},
        {"other_faces", report.otherFaces},
        {"face_width", toJson(report.faceWidth)},
        {"yaw_degrees", toJson(report.yaw)},
        {"pitch_degrees", toJson(report.pitch)},
        {"roll_degrees", toJson(report.roll)},
        {"sharpness", toJson(report.sharpness)},
        {"brightness", toJson(report.brightness)},
        {"contrast", toJson(report.contrast)},
        {"clipped_share", rounded(report.clippedShare)},
        {"flicker", rounded(report.flicker)},
        {"crop_side", report.cropSide},
        {"crop_jitter", rounded(report.cropJitter)},
        {"landmark_jitter", rounded(report.landmarkJitter)},
        {"sound", toJson(report.sound)},
        {"frame_sources", report.frameSources},
    };
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace lipsync::preparation

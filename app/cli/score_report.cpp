// SPDX-License-Identifier: GPL-3.0-or-later
#include "score_report.h"

#include "load_output.h"

#include <algorithm>
#include <cmath>

namespace lipsync::cli {

namespace {

using Json = nlohmann::ordered_json;
using scoring::Jitter;
using scoring::Likeness;

constexpr double kIdenticalDecibels = 100; ///< stands for identical pictures, which JSON has no number for
constexpr std::size_t kTextColumns = 96;

Json decibels(std::optional<double> value)
{
    return value && std::isinf(*value) ? Json(kIdenticalDecibels) : figure(value);
}

Json likenessJson(const std::optional<Likeness>& likeness)
{
    if (!likeness)
        return nullptr;
    const auto& opening = likeness->opening;
    return {{"psnr_face_db", decibels(likeness->psnrFace)},
            {"psnr_mouth_db", decibels(likeness->psnrMouth)},
            {"ssim_face", figure(likeness->ssimFace, 4)},
            {"ssim_mouth", figure(likeness->ssimMouth, 4)},
            {"lmd_px", figure(likeness->landmarkDistance, 3)},
            {"lmd_of_eye_distance", figure(likeness->landmarkDistanceShare, 4)},
            {"opening_correlation", opening ? figure(opening->correlation, 3) : Json()},
            {"opening_lag_frames", opening ? Json(opening->frames) : Json()},
            {"opening_correlation_at_once", opening ? figure(opening->atOnce, 3) : Json()}};
}

/// By how much the mouth's PSNR is better here than there; null where either is unknown or identical.
Json mouthDifference(const std::optional<Likeness>& here, const std::optional<Likeness>& there)
{
    const auto a = here ? here->psnrMouth : std::nullopt, b = there ? there->psnrMouth : std::nullopt;
    return a && b ? figure(*a - *b) : Json();
}

Json jitterJson(const std::optional<Jitter>& jitter)
{
    if (!jitter)
        return nullptr;
    return {{"landmarks_px", figure(jitter->landmarks, 3)}, {"pixels_levels", figure(jitter->pixels, 3)}};
}

Json voiceJson(const std::optional<scoring::Lag>& voice, double frameRate)
{
    if (!voice)
        return nullptr;
    return {{"correlation", rounded(voice->correlation, 3)},
            {"correlation_at_once", rounded(voice->atOnce, 3)},
            {"lag_frames", voice->frames},
            {"lag_ms", rounded(voice->frames * 1000.0 / frameRate, 1)}};
}

/// Appends words, broken into lines that begin at `indent`.
void appendWrapped(std::string& text, std::string_view words, std::size_t indent)
{
    std::size_t column = indent;
    for (std::size_t at = 0; at < words.size();) {
        const auto end = std::min(words.find(' ', at), words.size());
        const auto word = words.substr(at, end - at);
        if (column + word.size() > kTextColumns && column > indent) {
            text.append(1, '\n').append(indent, ' ');
            column = indent;
        } else if (at > 0) {
            text += ' ';
            ++column;
        }
        text += word;
        column += word.size();
        at = end + 1;
    }
    text += "\n";
}

} // namespace

std::string scoreText(const scoring::ScoreReport& report, const std::string& name)
{
    std::string text =
        fmt::format("{}: {} frames from {} at {:g} frames/s", name, report.frames, report.firstFrame, report.frameRate);
    text += report.landmarkSource.empty() ? "\n\n" : fmt::format(", a face in {}\n\n", report.framesWithFace);
    const auto verdicts = scoring::verdictsOf(report);
    std::size_t widestFigure = 0, widestValue = 0;
    for (const auto& verdict : verdicts) {
        widestFigure = std::max(widestFigure, verdict.figure.size());
        widestValue = std::max(widestValue, verdict.value.size());
    }
    for (const auto& verdict : verdicts) {
        text += fmt::format("  {:<{}}  {:<{}}  {}\n      ", verdict.figure, widestFigure, verdict.value, widestValue,
                            scoring::toString(verdict.grade));
        appendWrapped(text, verdict.sentence, 6);
    }
    if (report.referenceOffset) {
        text += "\n  ";
        appendWrapped(text,
                      fmt::format("The network was shown the mouth of the frame {} further on instead of the true one, "
                                  "as it is trained{}.",
                                  *report.referenceOffset,
                                  report.likenessWithTruth
                                      ? "; for 'copying' it was shown the true one, as an export of "
                                        "this clip would"
                                      : ""),
                      2);
    }
    for (const auto& note : report.notes) {
        text += "\n  ";
        appendWrapped(text, note, 2);
    }
    return text;
}

Json scoreJson(const scoring::ScoreReport& report)
{
    Json json{{"frames", report.frames},
              {"first_frame", report.firstFrame},
              {"fps", rounded(report.frameRate, 3)},
              {"frames_with_face", report.framesWithFace},
              {"landmarks", report.landmarkSource.empty() ? Json() : Json(report.landmarkSource)},
              {"reference_offset", report.referenceOffset ? Json(*report.referenceOffset) : Json()},
              {"likeness", likenessJson(report.likeness)},
              {"likeness_of_template", likenessJson(report.likenessOfTemplate)},
              {"likeness_with_truth", likenessJson(report.likenessWithTruth)},
              {"gain_mouth_db", mouthDifference(report.likeness, report.likenessOfTemplate)},
              {"copying_mouth_db", mouthDifference(report.likenessWithTruth, report.likeness)}};
    json["voice"] = voiceJson(report.voice, report.frameRate);
    json["voice_of_truth"] = voiceJson(report.voiceOfTruth, report.frameRate);
    json["mean_opening"] = figure(report.meanOpening, 4);
    json["jitter"] = jitterJson(report.jitter);
    json["jitter_of_truth"] = jitterJson(report.jitterOfTruth);
    json["lse_d"] = report.sync ? figure(report.sync->distance, 3) : Json();
    json["lse_c"] = report.sync ? figure(report.sync->confidence, 3) : Json();
    json["sync_offset_frames"] = report.sync ? Json(report.sync->offset) : Json();
    json["sync_frames"] = report.sync ? Json(report.sync->frames) : Json();
    json["sync_reach"] = report.sync ? Json(report.syncReach) : Json();
    json["sync_crop"] = report.sync ? Json(report.syncOfFace ? "face" : "frame") : Json();
    json["verdicts"] = Json::array();
    for (const auto& verdict : scoring::verdictsOf(report)) {
        json["verdicts"].push_back({{"figure", verdict.figure},
                                    {"key", verdict.key},
                                    {"value", verdict.value},
                                    {"grade", scoring::toString(verdict.grade)},
                                    {"sentence", verdict.sentence}});
    }
    json["notes"] = report.notes;
    return json;
}

} // namespace lipsync::cli

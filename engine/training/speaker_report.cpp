// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/speaker_report.h"

#include <nlohmann/json.hpp>

namespace lipsync::training {

namespace {

constexpr double kMinute = 60;
/// Speech below which single words decide, below which sounds are missing, and from which more adds little.
constexpr double kLittleSpeech = 20, kSomeSpeech = 2 * kMinute, kEnoughSpeech = 5 * kMinute;

std::string lengthAdvice(double speech)
{
    if (speech < kLittleSpeech) {
        return fmt::format(
            "{:.1f} s of speech hold a few words: the mouth learns its look and opens and closes with the "
            "voice, but sounds that were never seen are guessed. 2 minutes give most sounds of a "
            "language several times over.",
            speech);
    }
    if (speech < kSomeSpeech) {
        return fmt::format("{:.0f} s of speech show the common sounds, rare ones once or never. 2 to 5 minutes would "
                           "help.",
                           speech);
    }
    if (speech < kEnoughSpeech)
        return fmt::format("{:.1f} minutes of speech show every sound; up to 5 would still help.", speech / kMinute);
    return fmt::format("{:.1f} minutes of speech are enough; longer training helps more than a longer video.",
                       speech / kMinute);
}

std::string gainAdvice(const SpeakerReport& report)
{
    const auto figures =
        fmt::format("On {} held-out frames a redrawn mouth comes {:.1f} dB nearer to the truth than the "
                    "template's own ({:.1f} against {:.1f} dB)",
                    report.heldCount, report.gain(), report.mouthPsnr, report.templatePsnr);
    if (report.gain() >= 3)
        return figures + ": it follows the voice.";
    if (report.gain() >= 1)
        return figures + ": it follows the voice in part.";
    return figures + ": it does not follow the voice yet.";
}

} // namespace

std::vector<std::string> adviceFor(const SpeakerReport& report, const SpeakerClip& clip)
{
    std::vector<std::string> advice{gainAdvice(report), lengthAdvice(report.speechSeconds)};
    advice.push_back(fmt::format("The clip shows {} of {} kinds of mouth (closed to wide open, pursed to spread).",
                                 report.mouthKinds, kMouthKinds));
    if (report.ownPosePsnr - report.mouthPsnr > 1) {
        advice.push_back(fmt::format("With the right pose of the head it would be {:.1f} dB: the head moves, and a "
                                     "template in which it keeps still would look better.",
                                     report.ownPosePsnr));
    }
    if (!report.endedEarly && report.bestStep + report.steps / 10 >= report.steps)
        advice.push_back("The last validations were the best: longer training would help.");
    else if (report.endedEarly)
        advice.push_back("Training ended because held-out frames got no better: more steps would learn this clip by "
                         "heart, more video would help.");
    if (clip.pictureStep > 1) {
        advice.push_back(fmt::format("The clip is long: every {}. frame was learnt from, so that the pictures fit into "
                                     "memory.",
                                     clip.pictureStep));
    }
    return advice;
}

std::string toJson(const SpeakerReport& report)
{
    const nlohmann::ordered_json json{{"frames", report.frames},
                                      {"training_frames", report.trainingFrames},
                                      {"held_out_first", report.heldFirst},
                                      {"held_out_frames", report.heldCount},
                                      {"speech_seconds", report.speechSeconds},
                                      {"mouth_kinds", report.mouthKinds},
                                      {"mouth_kinds_of", kMouthKinds},
                                      {"network", report.network},
                                      {"from", report.base},
                                      {"generator_from_base", report.generatorFromBase},
                                      {"steps", report.steps},
                                      {"best_step", report.bestStep},
                                      {"seconds", report.seconds},
                                      {"ended_early", report.endedEarly},
                                      {"mouth_psnr_db", report.mouthPsnr},
                                      {"template_psnr_db", report.templatePsnr},
                                      {"gain_db", report.gain()},
                                      {"own_pose_psnr_db", report.ownPosePsnr},
                                      {"sync_share", report.syncShare},
                                      {"advice", report.advice}};
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace lipsync::training

// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/score_report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace lipsync::scoring {

namespace {

/// Where a figure becomes good, and where it ceases to be fair.
struct Scale {
    double good, fair;
};

// Sources: what the demo avatar and real talking faces reach here, section 6.3 of the lipsync-models specification for
// SyncNet's, ITU-R BT.1359 for what people notice of lags (sound 45 ms early, 125 ms late).
constexpr Scale kMouthPsnr{30, 25}, kGain{3, 1}, kCopying{2, 5}, kMouthSsim{0.90, 0.80}, kLandmarkShare{0.03, 0.06};
constexpr Scale kTrueOpening{0.80, 0.50}, kVoice{0.35, 0.15}, kVoiceOfTruth{0.85, 0.6}, kLagFrames{1, 2},
    kTremble{1.25, 2.0};
constexpr double kLeastTrueVoice = 0.2;
/// Correlations of a mouth and loudness that differ by less than this over the root of the frames may do so by chance.
constexpr double kChance = 2.0;
/// Six real recordings of 360 × 288 have 1.2 to 1.7 levels and 0.28 to 0.39 pixels.
constexpr Scale kRealPixels{2.5, 5.0}, kRealLandmarks{0.6, 1.2};
/// Trembling below it nobody sees, so that a calm truth, a drawn one, does not make it look bad.
constexpr double kUnseenPixels = 0.7, kUnseenLandmarks = 0.3;
constexpr Scale kSyncDistance{7.0, 8.5}, kSyncConfidence{6.5, 4.5};

Grade higherIsBetter(double value, Scale scale)
{
    return value >= scale.good ? Grade::Good : value >= scale.fair ? Grade::Fair : Grade::Poor;
}

Grade lowerIsBetter(double value, Scale scale)
{
    return value <= scale.good ? Grade::Good : value <= scale.fair ? Grade::Fair : Grade::Poor;
}

/// Sentences for good, fair and poor.
struct Sentences {
    const char* good;
    const char* fair;
    const char* poor;
    const char* of(Grade grade) const { return grade == Grade::Good ? good : grade == Grade::Fair ? fair : poor; }
};

class Verdicts {
public:
    void add(const char* figure, const char* key, std::string value, Grade grade, const Sentences& sentences)
    {
        m_verdicts.push_back({figure, key, std::move(value), grade, sentences.of(grade)});
    }
    std::vector<Verdict> take() { return std::move(m_verdicts); }

private:
    std::vector<Verdict> m_verdicts;
};

std::string decibels(double value)
{
    return std::isfinite(value) ? fmt::format("{:.1f} dB", value) : "identical";
}

void judgeLikeness(Verdicts& verdicts, const ScoreReport& report)
{
    const auto& likeness = *report.likeness;
    if (likeness.psnrMouth) {
        const double value = *likeness.psnrMouth;
        verdicts.add(
            "mouth PSNR", "likeness.psnr_mouth_db", decibels(value), higherIsBetter(value, kMouthPsnr),
            {"The mouth is hard to tell from the true one.",
             "The mouth is right in shape, softer or a little different in detail; longer training sharpens it.",
             "The mouth differs visibly from the true one; train longer, or with more and cleaner video."});
        if (report.likenessOfTemplate && report.likenessOfTemplate->psnrMouth &&
            std::isfinite(*report.likenessOfTemplate->psnrMouth) && std::isfinite(value)) {
            const double gain = value - *report.likenessOfTemplate->psnrMouth;
            verdicts.add("gain over the template", "gain_mouth_db", decibels(gain), higherIsBetter(gain, kGain),
                         {"The network clearly does better than showing the template's own mouth.",
                          "The network does a little better than the template's own mouth; it has not learnt much yet.",
                          "The template's own mouth would do as well: the network has learnt nothing, or copies what "
                          "it is shown. Train longer, and check that sound and video are in step."});
        }
    }
    if (likeness.ssimMouth) {
        verdicts.add("mouth SSIM", "likeness.ssim_mouth", fmt::format("{:.3f}", *likeness.ssimMouth),
                     higherIsBetter(*likeness.ssimMouth, kMouthSsim),
                     {"Lips and teeth have the true one's structure.",
                      "The structure is right, details such as teeth are softer; longer training helps.",
                      "The structure of the mouth is lost; train longer or look at the crop's place."});
    }
    if (likeness.landmarkDistanceShare) {
        const double share = *likeness.landmarkDistanceShare;
        verdicts.add(
            "landmark distance", "likeness.lmd_px",
            fmt::format("{:.2f} px, {:.1f} % of the eyes' distance", *likeness.landmarkDistance, share * 100),
            lowerIsBetter(share, kLandmarkShare),
            {"The lips have the true shape, as far as a landmark detector can tell.",
             "The lips are near the true shape.",
             "The lips take other shapes than the true ones; the network mishears or was trained too little."});
    }
    if (likeness.opening) {
        const auto grade = higherIsBetter(likeness.opening->correlation, kTrueOpening);
        verdicts.add(
            "opening like the truth", "likeness.opening_correlation",
            fmt::format("r {:.2f} at lag {}", likeness.opening->correlation, likeness.opening->frames), grade,
            {"The mouth opens and closes when the true one does.", "The mouth follows the true one, with errors.",
             "The mouth does not open and close as the true one does; if the mouth hardly moves, train longer; "
             "check also that sound and video are in step."});
    }
}

/// How much better the mouth is where the network was shown the true one.
void judgeCopying(Verdicts& verdicts, const ScoreReport& report)
{
    const auto shown = report.likenessWithTruth->psnrMouth, other = report.likeness->psnrMouth;
    if (!shown || !other || !std::isfinite(*shown) || !std::isfinite(*other))
        return;
    const double more = *shown - *other;
    verdicts.add("copying", "copying_mouth_db", fmt::format("{:+.1f} dB with the true mouth shown", more),
                 lowerIsBetter(more, kCopying),
                 {"The network makes the mouth from sound, whatever mouth it is shown.",
                  "The network is helped by the mouth it is shown, and lets some of it through.",
                  "The network copies the mouth it is shown rather than hear; train longer with references from other "
                  "frames."});
}

void judgeVoice(Verdicts& verdicts, const ScoreReport& report)
{
    const auto& voice = *report.voice;
    // Loudness tells little of a mouth, so the true mouth's correlation is the measure where it is known.
    const auto& truth = report.voiceOfTruth;
    const bool comparable = truth && truth->correlation >= kLeastTrueVoice;
    const auto followed = comparable ? higherIsBetter(voice.correlation / truth->correlation, kVoiceOfTruth)
                                     : higherIsBetter(voice.correlation, kVoice);
    verdicts.add(
        "mouth follows the voice", "voice.correlation",
        comparable ? fmt::format("r {:.2f}, true {:.2f}", voice.correlation, truth->correlation)
                   : fmt::format("r {:.2f}", voice.correlation),
        followed,
        {"The mouth is open where the voice is loud, as well as in real speech.",
         "The mouth follows the voice's loudness somewhat; some real speakers do not more, so look at the lag.",
         "The mouth does not follow the voice; check that this is its sound, or train longer."});
    if (followed == Grade::Poor)
        return; // a lag of what does not follow says nothing
    const auto text = fmt::format("{} frames, {:.0f} ms", voice.frames, voice.frames * 1000.0 / report.frameRate);
    const double chance = kChance / std::sqrt(static_cast<double>(std::max<std::int64_t>(report.frames, 1)));
    if (std::abs(voice.frames) > kLagFrames.good && voice.correlation - voice.atOnce < chance) {
        verdicts.add(
            "lag", "voice.lag_frames", text, Grade::Fair,
            {"", "No lag at all fits hardly worse, so this may be chance; measure a longer piece of speech.", ""});
        return;
    }
    verdicts.add("lag", "voice.lag_frames", text, lowerIsBetter(std::abs(voice.frames), kLagFrames),
                 {"Nobody notices a lag.", "Attentive viewers may notice the lag; shift the sound by it.",
                  "Sound and mouth are out of step; shift the sound by that much, and prepare the avatar anew if it "
                  "was made so."});
}

/// A figure of trembling and the true frames' one, or alone against real recordings'.
void judgeTrembling(Verdicts& verdicts, const char* figure, const char* key, const char* unit,
                    std::optional<double> value, std::optional<double> truth, double unseen, Scale real,
                    const Sentences& sentences)
{
    if (!value)
        return;
    const auto text =
        truth ? fmt::format("{:.2f} {}, true {:.2f}", *value, unit, *truth) : fmt::format("{:.2f} {}", *value, unit);
    const auto grade = truth ? lowerIsBetter(*value / std::max(*truth, unseen), kTremble) : lowerIsBetter(*value, real);
    verdicts.add(figure, key, text, grade, sentences);
}

void judgeJitter(Verdicts& verdicts, const ScoreReport& report)
{
    const auto truth = report.jitterOfTruth.value_or(Jitter());
    judgeTrembling(verdicts, "pixel jitter", "jitter.pixels_levels", "levels", report.jitter.pixels, truth.pixels,
                   kUnseenPixels, kRealPixels,
                   {"The face above the mouth is as calm as in a real recording.",
                    "The face above the mouth flickers a little, or the recording is noisy.",
                    "The face above the mouth flickers; use the feathered paste and train longer, or record with more "
                    "light."});
    judgeTrembling(verdicts, "landmark jitter", "jitter.landmarks_px", "px", report.jitter.landmarks, truth.landmarks,
                   kUnseenLandmarks, kRealLandmarks,
                   {"The face's points move as calmly as in a real recording.",
                    "The face's points tremble a little, or the head moves in haste.",
                    "The face's points tremble; the crop's place may jump from frame to frame: prepare it anew."});
}

void judgeSync(Verdicts& verdicts, const SyncScore& sync)
{
    verdicts.add("LSE-D", "lse_d", fmt::format("{:.2f}", sync.distance), lowerIsBetter(sync.distance, kSyncDistance),
                 {"As close as real speech (about 6 to 7).", "Between real speech and none; usual for quick training.",
                  "Lips and voice hardly belong together for SyncNet; look whether the face fills its picture."});
    verdicts.add("LSE-C", "lse_c", fmt::format("{:.2f}", sync.confidence),
                 higherIsBetter(sync.confidence, kSyncConfidence),
                 {"SyncNet is as sure as with real speech (about 7 to 8).",
                  "SyncNet is fairly sure that lips and voice belong together.",
                  "SyncNet is not sure that lips and voice belong together; train longer or with a sync term."});
}

} // namespace

std::string_view toString(Grade grade)
{
    switch (grade) {
    case Grade::Good:
        return "good";
    case Grade::Fair:
        return "fair";
    case Grade::Poor:
        break;
    }
    return "poor";
}

std::vector<Verdict> verdictsOf(const ScoreReport& report)
{
    Verdicts verdicts;
    if (report.likeness)
        judgeLikeness(verdicts, report);
    if (report.likeness && report.likenessWithTruth)
        judgeCopying(verdicts, report);
    if (report.voice)
        judgeVoice(verdicts, report);
    judgeJitter(verdicts, report);
    if (report.sync)
        judgeSync(verdicts, *report.sync);
    return verdicts.take();
}

} // namespace lipsync::scoring

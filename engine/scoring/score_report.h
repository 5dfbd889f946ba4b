// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scoring/series.h"
#include "scoring/sync_distances.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync::scoring {

/// How far a measurement is: what is being done, and 0 … 1 of all the work.
using ScoreProgress = std::function<void(std::string_view doing, double share)>;

/// Generated frames against the true ones. A figure is absent where it cannot be had: without landmarks, or when the
/// pictures are too small.
struct Likeness {
    std::optional<double> psnrFace, psnrMouth; ///< dB; infinite for identical pictures
    std::optional<double> ssimFace, ssimMouth;
    std::optional<double> landmarkDistance; ///< LMD, pixels
    std::optional<double> landmarkDistanceShare; ///< the same as a part of the distance of the eyes' outer corners
    std::optional<Lag> opening; ///< of the generated mouth after the true one
};

/// How much a video trembles; see PointJitter.
struct Jitter {
    std::optional<double> landmarks; ///< of all but the mouth's, pixels
    std::optional<double> pixels; ///< of the face above the mouth, levels of 255
};

/// What was measured of an avatar or a video.
struct ScoreReport {
    std::int64_t frames = 0; ///< that were measured
    double frameRate = 25.0;
    int firstFrame = 0;
    std::int64_t framesWithFace = 0; ///< in which landmarks were found; of the generated frames
    std::string landmarkSource; ///< of the true frames: "package" or "tracker"; empty without any
    std::optional<Likeness> likeness; ///< when there are true frames
    std::optional<Likeness> likenessOfTemplate; ///< of what the network gets to start with, instead of what it makes
    std::optional<Likeness> likenessWithTruth; ///< of an avatar whose network was shown the true mouth
    std::optional<int> referenceOffset; ///< frames from the true frame to the one whose mouth the network was shown
    std::optional<Lag> voice; ///< the mouth's opening after the voice's loudness
    std::optional<Lag> voiceOfTruth; ///< the true mouth's opening after the same loudness
    std::optional<double> meanOpening; ///< part of the distance of the eyes' outer corners
    Jitter jitter;
    std::optional<Jitter> jitterOfTruth; ///< of the true or the template's frames
    std::optional<SyncScore> sync;
    int syncReach = 0;
    bool syncOfFace = false; ///< SyncNet saw the tracked face; otherwise the crop or the whole frame
    std::vector<std::string> notes; ///< sentences: what could not be measured, and what would help
};

/// How good a figure is.
enum class Grade { Good, Fair, Poor };
std::string_view toString(Grade grade);

/// One line of the report for a person.
struct Verdict {
    std::string figure; ///< name of the figure
    std::string key; ///< its path in the JSON report, e.g. "likeness.psnr_mouth_db"
    std::string value; ///< with its unit
    Grade grade = Grade::Fair;
    std::string sentence; ///< what it means, and what to do
};

/// Judges every figure of a report that can be judged.
std::vector<Verdict> verdictsOf(const ScoreReport& report);

} // namespace lipsync::scoring

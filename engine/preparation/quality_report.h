// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lipsync::preparation {

/// Frames from `first` to `last`, both included.
struct FrameRange {
    std::size_t first = 0;
    std::size_t last = 0;

    std::size_t count() const { return last - first + 1; }
};

/// Smallest, median and largest of a number over the frames with a face.
struct Spread {
    double least = 0.0;
    double median = 0.0;
    double most = 0.0;
};

/// What a clip's own sound is like; levels in dB below full scale.
struct SoundQuality {
    bool isPresent = false;
    double loudness = 0.0; ///< RMS of the parts that are heard
    double peak = 0.0;
    double heardShare = 0.0; ///< part of the time that is within 30 dB of the loudest moments
    double clippedShare = 0.0; ///< part of the samples at full scale
};

/// What preparation thinks of a clip.
struct QualityReport {
    std::size_t frames = 0;
    std::size_t framesWithFace = 0;
    std::size_t framesDetected = 0; ///< a detector saw the face; in the rest of them it was carried by tracking
    double frameRate = 25.0;
    int frameWidth = 0;
    int frameHeight = 0;
    std::string frameSources; ///< one letter a frame: D detected, T tracked, L lost

    std::vector<FrameRange> lost, tracked, turned, blurred, mouthCovered, cropPushed;
    std::vector<std::size_t> cuts; ///< first frames of new scenes
    std::vector<std::size_t> elsewhere; ///< frames at which a face was found again in another place
    int otherFaces = 0; ///< most that were seen beside the chosen one

    Spread faceWidth; ///< ear to ear, pixels
    Spread yaw, pitch, roll; ///< degrees
    Spread sharpness, brightness, contrast;
    double clippedShare = 0.0; ///< mean part of the face that is black or white
    double flicker = 0.0; ///< standard deviation of brightness from frame to frame, grey levels
    int cropSide = 0; ///< median, pixels
    double cropJitter = 0.0; ///< pixels a frame: noise of the squares' corners, by their second differences
    double landmarkJitter = 0.0; ///< the same of brows, eyes and nose
    SoundQuality sound;

    std::vector<std::string> warnings; ///< sentences for the operator, the gravest first
};

/// The text of report.json.
std::string toJson(const QualityReport& report);

} // namespace lipsync::preparation

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "faces/face_landmarks.h"

#include <optional>
#include <span>
#include <vector>

namespace lipsync::faces {

/// How much a clip's landmarks are smoothed: standard deviations of Gaussians over frames.
struct SmoothingOptions {
    double head = 1.2; ///< place, size and tilt of the head
    double face = 3.0; ///< brows, eyes and nose on it
    double jaw = 1.5;
    double mouth = 0.6; ///< hardly, so that short closures stay
};

/// Smooths the points of a whole clip over time, as much before as after, so that nothing lags: the head as a similarity
/// transform, and upon it each part of the face by its own measure. Frames without a face stay without; nothing is
/// smoothed across them, nor across the first frames of scenes. `startsScene`: one a frame.
std::vector<std::optional<Landmarks68>> smoothLandmarks(std::span<const std::optional<Landmarks68>> frames,
                                                        const std::vector<bool>& startsScene,
                                                        const SmoothingOptions& options = {});

/// `values` blurred by a Gaussian of standard deviation `sigma`, the ends by what there is of them.
std::vector<double> smoothed(std::span<const double> values, double sigma);

/// Frames from `begin` to before `end` that have a face and no cut among them.
struct FaceRun {
    std::size_t begin = 0;
    std::size_t end = 0;
};
std::vector<FaceRun> faceRuns(std::span<const std::optional<Landmarks68>> frames, const std::vector<bool>& startsScene);

} // namespace lipsync::faces

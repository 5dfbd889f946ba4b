// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace lipsync::training {

/// Openness, width and roundness of a mouth, each 0 to 1.
inline constexpr int kPoseNumbers = 3;

/// One talking clip: sound, pictures and mouth poses of the same frames.
struct TrainingClip {
    std::string name;
    int frames = 0;
    int melColumns = 0;
    std::vector<float> mel; ///< melColumns × 80, time-major, normalised
    std::vector<float> poses; ///< frames × 3
    std::vector<std::uint8_t> crops; ///< frames × cropSize × cropSize × 3, B,G,R

    /// Frames for which the sound gives a mel window.
    int melWindows() const { return melColumns < 16 ? 0 : std::min(frames, (melColumns - 16) * 5 / 16 + 1); }
};

/// The clips of a dataset folder: dataset.json with frame_rate, crop (168 or 328), mouth_box [x, y, width, height] in
/// the network's picture and clips [{name, split}]; each clip's folder has voice.npy, mouth.npy and crops.npy.
struct TrainingSet {
    int cropSize = 0;
    std::array<int, 4> mouthBox{};
    std::vector<TrainingClip> training;
    std::vector<TrainingClip> validation;

    static Result<TrainingSet> load(const std::filesystem::path& folder);
};

} // namespace lipsync::training

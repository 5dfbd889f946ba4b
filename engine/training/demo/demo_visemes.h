// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/demo/demo_pose.h"

#include <string>
#include <vector>

namespace lipsync::training {

/// A phoneme as espeak-ng reports it; times in seconds.
struct SpokenPhoneme {
    std::string mnemonic;
    double start = 0.0;
    double end = 0.0;
};

/// The mouth over `frames` frames of 1/25 s for phonemes in order of time, at the frames' middles.
std::vector<MouthPose> mouthTrack(const std::vector<SpokenPhoneme>& phonemes, int frames);

} // namespace lipsync::training

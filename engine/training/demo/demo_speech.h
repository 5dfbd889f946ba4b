// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "training/demo/demo_pose.h"

#include <string>
#include <vector>

namespace lipsync::training {

/// An espeak-ng voice ("en-us+f2"), its rate in words a minute (80..450) and its pitch (0..100).
struct DemoVoice {
    std::string voice;
    int rate = 170;
    int pitch = 50;
};

/// Speech and the mouth that belongs to it.
struct DemoUtterance {
    std::vector<float> samples; ///< 16 kHz mono, -1..1; always a whole number of frames of 640 samples
    std::vector<MouthPose> mouth; ///< samples.size() / 640 poses, 25 a second, pose i at (i + 0.5) / 25 s
};

inline constexpr int kSamplesPerFrame = 640; ///< 16 kHz at 25 frames a second

/// Speaks English text with espeak-ng; the lips are closed for 0.12 s at both ends. Calls wait for each other, since
/// espeak-ng has one state. InvalidInput for an unknown voice or text without sound, Resource without espeak-ng's data.
Result<DemoUtterance> speak(const std::string& text, const DemoVoice& voice);

} // namespace lipsync::training

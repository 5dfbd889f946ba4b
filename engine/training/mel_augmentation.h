// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <random>
#include <span>

namespace lipsync::training {

/// Changes a normalised mel spectrogram (columns × 80, time-major, −4 to 4, 0.08 a decibel) as another speaker,
/// microphone and room would: formant warp, equaliser, gain, reverberation, band limit, noise floor.
void augmentMel(std::span<float> mel, std::mt19937& random);

} // namespace lipsync::training

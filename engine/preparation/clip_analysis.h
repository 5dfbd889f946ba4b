// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// From frames to a verdict. Internal to the room.

#include "faces/crop_rule.h"
#include "nn/network_spec.h"
#include "preparation/clip_faces.h"
#include "preparation/quality_report.h"

#include <optional>
#include <span>
#include <vector>

namespace lipsync::preparation {

/// Compares every found mouth with the median of the clip's detected ones, and sets mouthLikeness.
void compareMouths(std::vector<ClipFrame>& frames);

/// Whether a mouth is probably covered, given its likeness; `usual` is the clip's median.
bool isMouthCovered(double likeness, double usual);

/// All that the frames themselves tell; sound and warnings are left out. `landmarks`: smoothed, one a frame.
QualityReport analyse(const std::vector<ClipFrame>& frames,
                      std::span<const std::optional<faces::Landmarks68>> landmarks, const faces::CropPlan& crops,
                      double frameRate, cv::Size frameSize);

/// Of mono samples at `sampleRate`.
SoundQuality measureSound(std::span<const float> samples, int sampleRate);

/// What an operator should know before training this network on the clip, the gravest first.
std::vector<std::string> warningsOf(const QualityReport& report, const nn::GeneratorSpec& network);

} // namespace lipsync::preparation

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <vector>

namespace lipsync::ui {

/// Loudest sample of each of `buckets` equal stretches of a voice, 0 to 1, scaled so that the loudest is 1.
/// A long stretch is probed at evenly spread samples, so that an hour takes no longer than a minute.
std::vector<float> waveformPeaks(const VoiceSound& sound, int buckets);

} // namespace lipsync::ui

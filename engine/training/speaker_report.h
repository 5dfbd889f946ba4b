// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/speaker_clip.h"
#include "training/speaker_training.h"

namespace lipsync::training {

/// Sentences for the operator about what was reached and what more video would give, from what was measured.
std::vector<std::string> adviceFor(const SpeakerReport& report, const SpeakerClip& clip);

} // namespace lipsync::training

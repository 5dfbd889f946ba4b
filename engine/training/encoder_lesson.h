// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/weight_set.h"
#include "training/frame_split.h"
#include "training/speaker_clip.h"
#include "training/training_stage.h"

namespace lipsync::training {

/// Teaches a new audio encoder to tell the mouth's shape, as the landmarks have it, from the speaker's sound: for
/// training without a base. Worth minutes of speech; of less it learns the clip by heart.
Result<nn::WeightSet> teachEncoder(const StageContext& context, const SpeakerClip& clip, const FrameSplit& split,
                                   int steps);

} // namespace lipsync::training

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/ave_network.h"
#include "training/speaker_clip.h"

#include <span>

namespace lipsync::training {

/// Windows of audio features (B×32×16×16) under the given frames, through the encoder's network and with its gradients:
/// what HeardFeatures holds of the first way, when the encoder itself is learning. Statistics of its BatchNorm stay.
torch::Tensor hearFrames(nn::AveNetwork& encoder, const SpeakerClip& clip, std::span<const int> frames,
                         const torch::Device& device);

} // namespace lipsync::training

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "nn/network_spec.h"
#include "training/speaker_training.h"

namespace lipsync::training {

/// What a speaker's training begins with.
struct SpeakerBase {
    std::string name; ///< of the avatar it comes from; empty: nowhere
    nn::GeneratorSpec spec; ///< of the network to train
    nn::WeightSet generator; ///< empty: random
    nn::WeightSet encoder; ///< empty: to be taught first
    bool knowsSpeaker = false; ///< the generator is this avatar's own

    /// Takes the base avatar's networks as far as they fit what `options` ask for: another kind or width of generator
    /// begins at random and hears with the base's encoder. A trained avatar is its own base unless another one is named;
    /// with none everything begins at random. InvalidInput when the base is not trained or hears
    /// otherwise than by AVE features.
    static Result<SpeakerBase> find(const SpeakerOptions& options, const avatar::AvatarPackage& package);
};

} // namespace lipsync::training

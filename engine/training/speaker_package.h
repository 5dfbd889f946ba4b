// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "training/speaker_base.h"
#include "training/speaker_training.h"

namespace lipsync::training {

/// Puts trained networks into a package in place of what it had; everything else stays. Whole or not at all.
Status writeTrained(const avatar::AvatarPackage& package, const nn::GeneratorSpec& spec, nn::WeightSet generator,
                    nn::WeightSet encoder);

/// Writes what is trained here on what into a training folder, or compares it with an unfinished training's: Usage,
/// naming what differs. Limits of steps and time may differ.
Status claimFolder(const std::filesystem::path& folder, const avatar::AvatarPackage& package, const SpeakerBase& base,
                   const SpeakerOptions& options);

/// Ends a training: the report is written, checkpoints go.
Status closeFolder(const std::filesystem::path& folder, const std::string& report);

} // namespace lipsync::training

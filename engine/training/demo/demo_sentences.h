// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace lipsync::training {

/// What the training voices say; written for this project, rich in sounds.
std::span<const std::string_view> trainingSentences();
/// What only the held-out voices say.
std::span<const std::string_view> heldOutSentences();

/// espeak-ng voices heard in training, and those kept for measuring.
std::span<const std::string_view> trainingVoices();
std::span<const std::string_view> heldOutVoices();

} // namespace lipsync::training

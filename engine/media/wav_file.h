// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "media/audio_decoder.h"

#include <filesystem>
#include <span>

namespace lipsync::media {

/// Writes mono sound as a WAV file of 16-bit integers (RIFF/WAVE, format 1), replacing one that is there when whole:
/// each sample times 32768, rounded and clipped; what decodeSpeech() reads back differs by at most half a step.
/// Resource when it cannot be written.
Status writeWav(const std::filesystem::path& file, std::span<const float> samples, int sampleRate);

/// The same for sound of any number of channels.
Status writeWav(const std::filesystem::path& file, const PcmAudio& sound);

} // namespace lipsync::media

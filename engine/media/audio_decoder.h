// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace lipsync::media {

/// Rate of the sound the networks hear, in samples a second.
inline constexpr int kSpeechSampleRate = 16000;

/// Longest sound that is decoded, in seconds (4 hours); longer files are refused, so that memory stays bounded.
inline constexpr double kLongestAudioSeconds = 4.0 * 60 * 60;

/// Decoded sound. Sample values are nominally within ±1; a sample that was not a finite number reads 0.
struct PcmAudio {
    int sampleRate = 0; ///< frames a second
    int channels = 0;
    std::vector<float> samples; ///< interleaved: channels() values of frame 0, then of frame 1, …

    /// Number of samples a channel.
    std::size_t frames() const { return channels > 0 ? samples.size() / static_cast<std::size_t>(channels) : 0; }

    /// Length in seconds.
    double seconds() const { return sampleRate > 0 ? static_cast<double>(frames()) / sampleRate : 0.0; }
};

/// Decodes the first audio stream of any file FFmpeg reads, at its own rate and channels unless others are asked
/// for (1 channel is the mean of all). Encoder priming and padding are left out. A changed rate gives exactly
/// round(frames · new / old) frames, time aligned to the sample. InvalidInput when there is no sound to be had.
/// Any thread.
Result<PcmAudio> decodeAudio(const std::filesystem::path& file, std::optional<int> sampleRate = {},
                             std::optional<int> channels = {});

/// The same piece by piece at its own rate and channels, so that memory does not grow with the sound.
Status decodeAudioPieces(const std::filesystem::path& file, const std::function<void(const PcmAudio& piece)>& take);

/// The same as the networks hear it: 16 kHz mono. 16-bit mono input at 16 kHz is exact: sample / 32768.
Result<PcmAudio> decodeSpeech(const std::filesystem::path& file);

/// A piece of a file's sound as the networks hear it, placed by the file's own clock, which its pictures share (see
/// ShownVideo::originSeconds): exactly round(seconds · 16000) samples from `fromSeconds` on. What the file does not
/// fill, a hole in the middle too, is silence. InvalidInput when it has no sound that can be decoded; Interrupted when
/// `stop` asks for it.
Result<PcmAudio> decodeSpeechAt(const std::filesystem::path& file, double fromSeconds, double seconds,
                                const std::stop_token& stop = {});

} // namespace lipsync::media

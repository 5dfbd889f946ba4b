// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace lipsync::media {

/// Video files that can be written, where FFmpeg has their encoders.
enum class VideoFormat {
    Mp4, ///< H.264 and AAC
    WebM, ///< VP9 and Opus
    ProRes, ///< ProRes 422 HQ and 16-bit PCM in a MOV
};

/// Why this FFmpeg cannot write a format; empty when it can.
std::string problemOf(VideoFormat format);

/// The lowest sample rate a format's sound can carry that is not below `sampleRate`; 48000 above the highest. Any rate
/// is carried as it is where the sound is not compressed.
int encodableSampleRate(int sampleRate, VideoFormat format = VideoFormat::Mp4);

} // namespace lipsync::media

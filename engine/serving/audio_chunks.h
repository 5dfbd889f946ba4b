// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/avatar_shelf.h"
#include "serving/fault.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync::serving {

inline constexpr int kChunksBefore = 8, kChunksAfter = 7; ///< around the frames of a piece of sound
inline constexpr std::size_t kChunkSamples = 640; ///< 40 ms

/// Little-endian sound as numbers from −1 to 1; what is no number or beyond becomes 0 or the nearest.
std::vector<float> samplesOfInt16(std::string_view bytes);
std::vector<float> samplesOfFloat32(std::string_view bytes);

/// Chunks of kChunkSamples each, 16-bit or float32 as their size tells, joined. BadRequest for any other size.
Answer<std::vector<float>> joinChunks(std::span<const std::string> chunks);

/// What an avatar hears at each of the `frames` frames in the middle of such a sound. Encodes it, so not on a thread
/// that must be quick.
Answer<std::vector<std::vector<float>>> windowsOf(const ServedAvatar& avatar, std::span<const float> samples,
                                                  int frames);

} // namespace lipsync::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace lipsync {

/// Opens an avatar as AvatarPackage::open() does and decodes every frame of its template, and makes its crop.
/// InvalidInput names what is wrong.
Status verifyAvatar(const std::filesystem::path& folder);

/// The facts of a file's sound, all of which is decoded: what cannot be is found out, and its length is exact.
Result<VoiceInfo> describeVoice(const std::filesystem::path& file);

/// The loudest sample of each of `buckets` equal stretches of a file's sound, over all channels, 0 to 1. Usage for a
/// number of buckets outside of 1 to kMostPeaks.
Result<std::vector<float>> voicePeaks(const std::filesystem::path& file, int buckets);
inline constexpr int kMostPeaks = 1'000'000;

/// The picture that a player shows of a video `seconds` after its first one, upright and with square pixels. Usage
/// before the beginning, InvalidInput after the end.
Result<std::shared_ptr<const Picture>> videoFrame(const std::filesystem::path& video, double seconds);

} // namespace lipsync

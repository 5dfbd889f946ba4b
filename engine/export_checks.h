// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace lipsync {

/// Looks, before anything is computed, whether an export can be made: its format, avatar, voice and features, the name
/// and folder of its output and the room there. Gives about how many frames it will have. Reads files.
Result<std::int64_t> checkExport(const ExportRequest& request);

/// A disk must have at least so many bytes for an export: what even pictures of a calm scene take. A video is there
/// twice while it is completed.
std::uintmax_t leastBytes(ExportFormat format, std::int64_t frames, int width, int height);

/// Resource when a folder has less than `needed` bytes of room, of which it has `available`.
Status checkRoom(const std::filesystem::path& folder, std::uintmax_t needed, std::uintmax_t available);

/// A name beside `output` that is not taken: speech-2.mp4 for speech.mp4.
std::filesystem::path freeNameBeside(const std::filesystem::path& output,
                                     const std::function<bool(const std::filesystem::path&)>& isTaken);

} // namespace lipsync

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "media/ffmpeg_handles.h"

#include <filesystem>
#include <string>

namespace lipsync::media {

/// An opened file and a decoder for one of its streams; the other streams are skipped when reading.
struct InputFile {
    InputPointer format;
    CodecContextPointer codec;
    AVStream* stream = nullptr; ///< belongs to `format`

    /// Whether the container is of the QuickTime family (MP4, MOV, M4A), which lists every frame and edit.
    bool isQuickTime() const;
};

/// Opens `file` and looks at its streams, without a decoder yet. Only this file is read: a
/// playlist, which names other files, is refused. InvalidInput when missing, empty, a folder or no media file.
Result<InputPointer> openContainer(const std::filesystem::path& file);

/// Opens `file` and a decoder of `threads` threads for its first stream of `type` (a cover picture is no video).
/// InvalidInput when there is none.
Result<InputFile> openInput(const std::filesystem::path& file, AVMediaType type, int threads = 1);

/// The stream of `type` that players would choose, or nullptr. A cover picture is no video.
AVStream* findStream(AVFormatContext& format, AVMediaType type);

/// The clockwise turn by which players show a video stream's pictures upright: 0, 90, 180 or 270 degrees.
int rotationOf(const AVStream& stream);

/// A file's name as sentences show it: 'voice.wav' with its folder as it was given.
std::string quoted(const std::filesystem::path& file);

/// The name by which FFmpeg opens a local file whatever characters it holds.
std::string localUrl(const std::filesystem::path& file);

} // namespace lipsync::media

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace lipsync::media {

/// Sends FFmpeg's log of this process to us instead of stderr and forgets what this thread heard so far. Call it
/// before an operation whose failure is reported with ffmpegCause(). Any thread.
void listenToFfmpeg();

/// FFmpeg's words for the error number `code`, followed by the last error it logged on this thread since
/// listenToFfmpeg(). Any thread.
std::string ffmpegCause(int code);

} // namespace lipsync::media

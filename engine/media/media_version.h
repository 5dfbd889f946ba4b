// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace lipsync::media {

/// FFmpeg's version as loaded, e.g. "libavcodec 59.37.100, libavformat 59.27.100".
std::string ffmpegVersion();

} // namespace lipsync::media

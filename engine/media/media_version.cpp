// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/media_version.h"

#include <fmt/format.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace lipsync::media {

namespace {

std::string text(unsigned version)
{
    return fmt::format("{}.{}.{}", AV_VERSION_MAJOR(version), AV_VERSION_MINOR(version), AV_VERSION_MICRO(version));
}

} // namespace

std::string ffmpegVersion()
{
    return fmt::format("libavcodec {}, libavformat {}", text(avcodec_version()), text(avformat_version()));
}

} // namespace lipsync::media

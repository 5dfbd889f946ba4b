// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <vector>

namespace lipsync::test {

/// Formats as a machine without a ProRes encoder has them.
inline std::vector<ExportFormatInfo> fakeFormats()
{
    return {{ExportFormat::Mp4, "MP4 (H.264, AAC)", ".mp4", {}},
            {ExportFormat::WebM, "WebM (VP9, Opus)", ".webm", {}},
            {ExportFormat::ProRes, "ProRes (MOV)", ".mov", "ProRes cannot be written: FFmpeg lacks its encoder."},
            {ExportFormat::PngSequence, "PNG sequence", {}, {}}};
}

} // namespace lipsync::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/segment_file.h"
#include "render/frame_sink.h"

#include <memory>
#include <stop_token>

namespace lipsync::render {

/// A sink whose frames are safe soon after they were written, and which goes on after those of earlier runs.
class ResumableSink : public FrameSink {
public:
    /// Frames that another run would not make again.
    virtual std::int64_t framesDone() const = 0;
    /// Work of earlier runs; that of this one counts from now on.
    virtual void setEarlierSeconds(double seconds) = 0;
};

/// Opens what the request asks for; `work` and `sound` must outlive the sink. A stop ends finish() with Interrupted.
Result<std::unique_ptr<ResumableSink>> openResumableSink(const RenderRequest& request,
                                                         const avatar::AvatarManifest& manifest,
                                                         const media::PcmAudio& sound, media::SegmentFile& work,
                                                         const std::stop_token& stop);

} // namespace lipsync::render

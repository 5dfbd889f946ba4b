// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/audio_decoder.h"
#include "render/render_job.h"

#include <memory>

#include <opencv2/core/mat.hpp>

namespace lipsync::render {

/// Where finished frames go: a video with its sound, or a picture sequence. One thread at a time. Nothing is left
/// behind unless finish() succeeded.
class FrameSink {
public:
    virtual ~FrameSink() = default;
    virtual Status write(const cv::Mat& bgr) = 0;
    virtual Status finish() = 0;

    /// Opens what the request asks for. `sound` must outlive the sink.
    static Result<std::unique_ptr<FrameSink>>
    create(const RenderRequest& request, const avatar::AvatarManifest& manifest, const media::PcmAudio& sound);
};

} // namespace lipsync::render

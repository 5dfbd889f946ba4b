// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/audio_decoder.h"
#include "media/video_writer.h"
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

/// How a request's video is encoded.
media::VideoOptions videoOptions(const RenderRequest& request, const avatar::AvatarManifest& manifest,
                                 const media::PcmAudio& sound);

/// Usage when a name promises another kind of video than the one that is written: it would mislead every program
/// after us.
Status checkVideoName(const std::filesystem::path& output, media::VideoFormat format);

} // namespace lipsync::render

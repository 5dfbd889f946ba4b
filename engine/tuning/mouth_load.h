// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/template_frames.h"
#include "inference/model.h"
#include "scheduling/frame_job.h"

#include <memory>
#include <stop_token>
#include <vector>

namespace lipsync::tuning {

/// Mouths of an avatar to load workers with, made beforehand so that offering them costs nothing: template frames in
/// the order of the loop, and the windows of a made-up voice (numbers by formula for networks that listen to other
/// features than AVE). Immutable; any thread.
class MouthLoad {
public:
    /// Decodes the frames and listens to the voice: about a second.
    static Result<std::shared_ptr<const MouthLoad>> create(const std::shared_ptr<avatar::TemplateFrames>& frames,
                                                           const std::stop_token& stop);

    /// Request 0, 1, …: the mouths over and over.
    scheduling::FrameJob job(scheduling::ModelId model, std::int64_t request) const;
    const inference::MouthContent& mouth(std::size_t number) const { return *m_mouths[number % m_mouths.size()]; }

private:
    std::vector<std::shared_ptr<const inference::MouthContent>> m_mouths;
};

} // namespace lipsync::tuning

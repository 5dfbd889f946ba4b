// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "render/render_job.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace lipsync::render {

/// What there is of a render from earlier runs.
struct EarlierWork {
    std::int64_t frames = 0; ///< that are not made again
    double seconds = 0; ///< of work, over all runs
    std::string note; ///< what the operator should know, e.g. that it begins anew because the avatar has changed
};

/// Called from threads of the render.
struct ResumableEvents {
    std::function<void(const EarlierWork&)> begun; ///< once, before the first frame
    std::function<void(const RenderProgress&)> progress; ///< frames of earlier runs are done
};

/// Renders as render() does, and goes on where an earlier run of the same request ended, in whatever way: what is done
/// is kept beside the output as `output.unfinished` (and pictures in `output.part`), and the file has the very frames
/// and sound of one that was made at once. When avatar, voice or settings are others now, it begins anew and says so.
/// After Interrupted and Resource the work stays for the next run; discardWork() removes it. After success the record
/// of it stays too, so that a crash before the caller wrote down the success is none: the next run sees that the file
/// is whole. `earlierSeconds`: of work that the caller knows of.
Result<RenderReport> renderResumable(session::FrameService& service, const RenderRequest& request,
                                     double earlierSeconds, const ResumableEvents& events, std::stop_token stop);

/// How far the work on an output is; nothing when there is none.
std::optional<EarlierWork> earlierWork(const std::filesystem::path& output);
/// Removes the work on an output, not the output.
void discardWork(const RenderRequest& request);

} // namespace lipsync::render

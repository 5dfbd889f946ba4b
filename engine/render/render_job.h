// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "avatar/compositor.h"
#include "media/video_format.h"
#include "session/frame_service.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace lipsync::render {

/// A voice on an avatar into a file.
struct RenderRequest {
    std::filesystem::path avatar;
    std::filesystem::path voice;
    std::filesystem::path features; ///< .npy of the voice's features, for networks that need them; empty: none
    std::filesystem::path output; ///< NAME.mp4, or a folder for a picture sequence
    bool pictureSequence = false;
    media::VideoFormat videoFormat = media::VideoFormat::Mp4; ///< where it is no picture sequence
    bool overwrite = false;
    bool markSynthetic = true; ///< say in the metadata that this is synthetic media
    avatar::PasteMode paste = avatar::PasteMode::Feathered;
    int quality = 18; ///< H.264 constant rate factor; scaled for VP9
    std::string preset = "veryfast"; ///< speed of the H.264 encoder
    bool measureNetwork = false; ///< also time the network in a plain loop, before and after; on the processor only
};

struct RenderProgress {
    std::int64_t framesDone = 0, frames = 0;
    double framesPerSecond = 0;
};

/// What was made and what it took.
struct RenderReport {
    std::int64_t frames = 0;
    double seconds = 0; ///< wall time from the first sound into the session to the renamed file
    double openSeconds = 0; ///< wall time before that: avatar, voice and networks
    double framesPerSecond = 0; ///< frames / seconds
    double networkFramesPerSecond = 0; ///< of a plain loop of the network, same threads and batch; 0 when not measured
    double realtimeFactor = 0; ///< seconds of video made a second
    double peakMemoryMb = 0; ///< largest resident size of the process, 10^6 bytes
};

/// Renders on threads of its own (voice, frames, output) and on the workers of the service while the caller waits;
/// decode, network, paste and encode overlap. Progress is told from the output thread after each frame. Stopping gives
/// Interrupted; whatever fails, nothing is left behind.
Result<RenderReport> render(session::FrameService& service, const RenderRequest& request,
                            const std::function<void(const RenderProgress&)>& progress, std::stop_token stop);

/// Largest resident size of this process so far, in 10^6 bytes.
double peakMemoryMb();

} // namespace lipsync::render

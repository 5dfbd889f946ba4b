// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/audio_decoder.h"
#include "render/frame_sink.h"
#include "render/render_job.h"
#include "session/frame_service.h"
#include "session/speech_session.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace lipsync::render {

/// Everything a render holds while it runs.
struct Workshop {
    std::shared_ptr<session::OpenAvatar> avatar;
    media::PcmAudio speech; ///< 16 kHz mono, for the network
    std::unique_ptr<media::PcmAudio> sound; ///< as it is, for the file; the sink refers to it
    std::unique_ptr<session::SpeechSession> session;
    std::unique_ptr<FrameSink> sink;
    std::int64_t frameCount = 0;
};

/// Opens where the frames go; `sound` stays for as long as the sink.
using OpenSink =
    std::function<Result<std::unique_ptr<FrameSink>>(const avatar::AvatarManifest&, const media::PcmAudio& sound)>;

/// Opens all of it, in the order in which users can be told what is wrong.
Result<Workshop> openWorkshop(session::FrameService& service, const RenderRequest& request, const OpenSink& openSink);

/// Frames that are under way at once with a plan.
std::int64_t windowOf(const ConcurrencyPlan& plan);

} // namespace lipsync::render

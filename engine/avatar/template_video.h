// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "media/video_writer.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lipsync::avatar {

/// What becomes of a video that is made a template clip.
struct TemplateVideoOptions {
    int frameRateNumerator = 25; ///< of the template: the network's rate
    int frameRateDenominator = 1;
    double startSeconds = 0.0; ///< where the clip begins, counted from the video's first picture
    std::optional<double> seconds{}; ///< most of it that is taken; to the end when not given
    int threads = 1; ///< of the decoder and of the encoder, each
    std::filesystem::path soundFile{}; ///< where its sound is written as WAV; empty: nowhere
    bool overwrite = false; ///< replace existing outputs
};

/// How far makeTemplateVideo() is.
struct TemplateVideoProgress {
    std::int64_t frames = 0; ///< written so far
    double share = 0.0; ///< 0 … 1 of the work, as far as the source tells its length
};

/// What makeTemplateVideo() found and made.
struct TemplateVideoReport {
    int frames = 0; ///< of the template
    int width = 0; ///< of the template, even
    int height = 0;
    double sourceFrameRate = 0.0; ///< pictures a second of the source over the part that was taken
    std::string sourceCodec; ///< FFmpeg's name, e.g. "hevc"
    int rotationDegrees = 0; ///< clockwise turn that was applied: 0, 90, 180 or 270
    int repeated = 0; ///< frames that show the same picture as the one before
    int dropped = 0; ///< pictures of the source between those shown that no frame shows
    bool wasDeinterlaced = false;
    bool wasToneMapped = false; ///< from PQ or HLG to BT.709
    bool hasSound = false; ///< soundFile was asked for, and written
    std::vector<int> sourceFrames; ///< the picture that each frame shows; 0 is the one on the screen at startSeconds
    std::vector<std::string> warnings; ///< sentences for the operator
};

/// Brings any video FFmpeg decodes to a template clip: H.264 in an MP4 without sound, visually lossless, with a key
/// frame every kTemplateBlockFrames frames. Pictures are turned upright, deinterlaced, mapped from PQ or HLG to
/// BT.709, brought to 8 bits and square pixels; an odd width or height grows by one repeated column or row on the
/// right or below, so that coordinates stay. Frame n shows the picture that a player shows at the frame's middle,
/// (n + 0.5) / rate seconds after the clip's start: no drift whatever the source's rate, constant or not.
/// Sound is 16 kHz mono PCM16 whose sample 0 is heard at the start of frame 0, of exactly the clip's length; offsets
/// between the streams are kept and holes are silence. A video without sound is no failure.
/// Whole files or none are written. Usage for options that make no sense; InvalidInput when the video is damaged,
/// ends early inside the range, is larger than kMaxFrameSide or longer than kMaxFrameCount frames; Interrupted when
/// `stop` asks for it. Runs on the caller's thread, which `progress` is called on too.
Result<TemplateVideoReport> makeTemplateVideo(const std::filesystem::path& source, const std::filesystem::path& output,
                                              const TemplateVideoOptions& options = {},
                                              const std::function<void(const TemplateVideoProgress&)>& progress = {},
                                              std::stop_token stop = {});

/// How every template clip is encoded, for those who write its pictures themselves.
media::VideoOptions templateEncoding(int width, int height, int frameRateNumerator, int frameRateDenominator,
                                     int threads);

} // namespace lipsync::avatar

// SPDX-License-Identifier: GPL-3.0-or-later
#include "file_reading.h"

#include "peak_track.h"

#include "avatar/template_frames.h"
#include "media/audio_decoder.h"
#include "media/timed_video_reader.h"

#include <algorithm>
#include <cmath>

namespace lipsync {

Status verifyAvatar(const std::filesystem::path& folder)
{
    const auto package = avatar::AvatarPackage::open(folder);
    if (!package)
        return failure(package);
    constexpr std::size_t kFewBytes = 1; // every frame is wanted once: one block is kept
    const auto frames = avatar::TemplateFrames::open(*package, {.memoryBudgetBytes = kFewBytes, .decodeThreads = 1});
    if (!frames)
        return failure(frames);
    for (int index = 0; index < (*package)->manifest().frameCount; ++index) {
        if (const auto frame = (*frames)->frame(index); !frame)
            return failure(frame);
    }
    return {};
}

Result<VoiceInfo> describeVoice(const std::filesystem::path& file)
{
    VoiceInfo info;
    info.file = file;
    std::size_t frames = 0;
    const auto decoded = media::decodeAudioPieces(file, [&](const media::PcmAudio& piece) {
        info.sampleRate = piece.sampleRate;
        info.channels = piece.channels;
        frames += piece.frames();
    });
    if (!decoded)
        return failure(decoded);
    info.seconds = static_cast<double>(frames) / info.sampleRate;
    return info;
}

Result<std::vector<float>> voicePeaks(const std::filesystem::path& file, int buckets)
{
    if (buckets < 1 || buckets > kMostPeaks)
        return failure(ErrorCode::Usage, fmt::format("A waveform has 1 to {} stretches, not {}.", kMostPeaks, buckets));
    PeakTrack track;
    const auto decoded = media::decodeAudioPieces(file, [&](const media::PcmAudio& piece) { track.add(piece); });
    if (!decoded)
        return failure(decoded);
    return track.peaks(static_cast<std::size_t>(buckets));
}

Result<std::shared_ptr<const Picture>> videoFrame(const std::filesystem::path& video, double seconds)
{
    if (!(seconds >= 0) || !std::isfinite(seconds))
        return failure(ErrorCode::Usage, "A video has no pictures before its beginning.");
    auto reader = media::TimedVideoReader::open(video, 1, seconds);
    if (!reader)
        return failure(reader);
    while (true) {
        const auto more = (*reader)->advance();
        if (!more)
            return failure(more);
        if (!*more)
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{} ends after {:.1f} s; it has no picture at {:.1f} s.", video.string(),
                                       (*reader)->shownUntil(), seconds));
        if ((*reader)->shownUntil() <= seconds)
            continue;
        auto shown = (*reader)->picture();
        if (!shown)
            return failure(shown);
        auto picture = std::make_shared<Picture>();
        picture->width = shown->cols;
        picture->height = shown->rows;
        picture->bgr.assign(shown->datastart, shown->dataend);
        return picture;
    }
}

} // namespace lipsync

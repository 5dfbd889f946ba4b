// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/media_summary.h"

#include "media/input_file.h"

#include <string_view>
#include <utility>

namespace lipsync::media {

namespace {

/// FFmpeg has a container of its own for every kind of picture file: png_pipe, jpeg_pipe, image2.
bool isPictureFile(std::string_view container)
{
    return container.ends_with("_pipe") || container == "image2";
}

void addVideo(MediaSummary& summary, AVFormatContext& format, AVStream& stream)
{
    const auto& parameters = *stream.codecpar;
    if (avcodec_find_decoder(parameters.codec_id) == nullptr)
        return;
    const std::string_view container = format.iformat->name;
    summary.videoCodec = avcodec_get_name(parameters.codec_id);
    summary.isStillPicture = isPictureFile(container);
    summary.isText = container == "tty";
    summary.width = parameters.width;
    summary.height = parameters.height;
    if (rotationOf(stream) % 180 != 0)
        std::swap(summary.width, summary.height);
    const AVRational rate = av_guess_frame_rate(&format, &stream, nullptr);
    if (rate.num > 0 && rate.den > 0)
        summary.frameRate = av_q2d(rate);
}

} // namespace

Result<MediaSummary> summariseMedia(const std::filesystem::path& file)
{
    const auto format = openContainer(file);
    if (!format)
        return failure(format);
    MediaSummary summary;
    if (AVStream* video = findStream(**format, AVMEDIA_TYPE_VIDEO))
        addVideo(summary, **format, *video);
    const AVStream* sound = findStream(**format, AVMEDIA_TYPE_AUDIO);
    if (sound != nullptr && avcodec_find_decoder(sound->codecpar->codec_id) != nullptr) {
        summary.soundCodec = avcodec_get_name(sound->codecpar->codec_id);
        summary.sampleRate = sound->codecpar->sample_rate;
        summary.channels = sound->codecpar->ch_layout.nb_channels;
    }
    if ((*format)->duration > 0)
        summary.seconds = static_cast<double>((*format)->duration) / AV_TIME_BASE;
    return summary;
}

} // namespace lipsync::media

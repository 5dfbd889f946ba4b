// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/video_format.h"

#include "media/format_codecs.h"

#include <array>
#include <span>

#include <fmt/format.h>

namespace lipsync::media {
namespace {

constexpr FormatCodecs kMp4{"mp4", "libx264", AV_CODEC_ID_H264, "H.264", "aac", "AAC"};
constexpr FormatCodecs kWebM{"webm", "libvpx-vp9", AV_CODEC_ID_VP9, "VP9", "libopus", "Opus"};
constexpr FormatCodecs kProRes{"mov", "prores_ks", AV_CODEC_ID_PRORES, "ProRes", "pcm_s16le", "PCM"};

constexpr int kHighestCommonRate = 48000;
constexpr std::array kAacRates{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000};
constexpr std::array kOpusRates{8000, 12000, 16000, 24000, 48000};

} // namespace

const FormatCodecs& codecsOf(VideoFormat format)
{
    switch (format) {
    case VideoFormat::WebM:
        return kWebM;
    case VideoFormat::ProRes:
        return kProRes;
    case VideoFormat::Mp4:
        break;
    }
    return kMp4;
}

std::string problemOf(VideoFormat format)
{
    const auto& codecs = codecsOf(format);
    const auto lacking = [](const char* name) {
        return fmt::format("This FFmpeg has no {} encoder; install one that has.", name);
    };
    if (avcodec_find_encoder_by_name(codecs.pictureEncoder) == nullptr)
        return lacking(codecs.picturesName);
    if (avcodec_find_encoder_by_name(codecs.soundEncoder) == nullptr)
        return lacking(codecs.soundName);
    if (av_guess_format(codecs.container, nullptr, nullptr) == nullptr)
        return fmt::format("This FFmpeg cannot write {} files; install one that can.", codecs.container);
    return {};
}

int encodableSampleRate(int sampleRate, VideoFormat format)
{
    if (format == VideoFormat::ProRes)
        return sampleRate;
    const auto rates = format == VideoFormat::WebM ? std::span<const int>(kOpusRates) : std::span<const int>(kAacRates);
    for (const int rate : rates)
        if (rate >= sampleRate)
            return rate;
    return kHighestCommonRate;
}

} // namespace lipsync::media

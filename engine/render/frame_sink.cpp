// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/frame_sink.h"

#include "media/picture_sequence_writer.h"
#include "media/video_writer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string_view>

namespace lipsync::render {

namespace {

/// A video whose sound is written beside its pictures, so that the file stays interleaved and memory small.
class VideoSink : public FrameSink {
public:
    VideoSink(std::unique_ptr<media::VideoWriter> writer, const media::PcmAudio& sound, double frameRate)
        : m_writer(std::move(writer))
        , m_sound(sound)
        , m_frameRate(frameRate)
    {
    }

    Status write(const cv::Mat& bgr) override
    {
        if (auto written = m_writer->write(bgr); !written)
            return written;
        ++m_frames;
        const auto due = static_cast<std::size_t>(m_frames / m_frameRate * m_sound.sampleRate);
        return writeSoundUntil(std::min(due, m_sound.frames()));
    }

    Status finish() override
    {
        if (auto written = writeSoundUntil(m_sound.frames()); !written)
            return written;
        return m_writer->finish();
    }

private:
    Status writeSoundUntil(std::size_t end)
    {
        if (end <= m_soundWritten)
            return {};
        const auto channels = static_cast<std::size_t>(m_sound.channels);
        const auto part =
            std::span(m_sound.samples).subspan(m_soundWritten * channels, (end - m_soundWritten) * channels);
        m_soundWritten = end;
        return m_writer->writeAudio(part);
    }

    const std::unique_ptr<media::VideoWriter> m_writer;
    const media::PcmAudio& m_sound;
    const double m_frameRate;
    std::int64_t m_frames = 0;
    std::size_t m_soundWritten = 0;
};

class PictureSink : public FrameSink {
public:
    PictureSink(std::unique_ptr<media::PictureSequenceWriter> writer, const media::PcmAudio& sound)
        : m_writer(std::move(writer))
        , m_sound(sound)
    {
    }
    Status write(const cv::Mat& bgr) override { return m_writer->write(bgr); }
    Status finish() override
    {
        if (auto written = m_writer->writeSound(m_sound); !written)
            return written;
        return m_writer->finish();
    }

private:
    const std::unique_ptr<media::PictureSequenceWriter> m_writer;
    const media::PcmAudio& m_sound;
};

const char* extensionOf(media::VideoFormat format)
{
    switch (format) {
    case media::VideoFormat::WebM:
        return ".webm";
    case media::VideoFormat::ProRes:
        return ".mov";
    case media::VideoFormat::Mp4:
        break;
    }
    return ".mp4";
}

bool isFitting(const std::string& suffix, media::VideoFormat format)
{
    constexpr std::array<std::string_view, 8> others{".avi", ".mkv", ".webm", ".wmv", ".flv", ".gif", ".mpg", ".ogv"};
    if (format == media::VideoFormat::Mp4)
        return std::find(others.begin(), others.end(), suffix) == others.end();
    return suffix == extensionOf(format);
}

} // namespace

Status checkVideoName(const std::filesystem::path& output, media::VideoFormat format)
{
    auto suffix = output.extension().string();
    std::transform(suffix.begin(), suffix.end(), suffix.begin(), [](unsigned char c) { return std::tolower(c); });
    if (isFitting(suffix, format))
        return {};
    auto suggestion = output;
    suggestion.replace_extension(extensionOf(format));
    return failure(ErrorCode::Usage,
                   fmt::format("{} is no name for a video in the chosen format; name it {}, or choose another format.",
                               output.filename().string(), suggestion.filename().string()));
}

media::VideoOptions videoOptions(const RenderRequest& request, const avatar::AvatarManifest& manifest,
                                 const media::PcmAudio& sound)
{
    media::VideoOptions options;
    options.format = request.videoFormat;
    options.width = manifest.frameWidth;
    options.height = manifest.frameHeight;
    options.frameRateNumerator = manifest.frameRateNumerator;
    options.frameRateDenominator = manifest.frameRateDenominator;
    options.quality = request.quality;
    options.preset = request.preset;
    options.audioSampleRate = sound.sampleRate;
    options.audioChannels = sound.channels;
    options.markSynthetic = request.markSynthetic;
    options.title = manifest.title;
    options.overwrite = request.overwrite;
    return options;
}

Result<std::unique_ptr<FrameSink>>
FrameSink::create(const RenderRequest& request, const avatar::AvatarManifest& manifest, const media::PcmAudio& sound)
{
    if (request.pictureSequence) {
        auto writer = media::PictureSequenceWriter::create(request.output, request.overwrite, request.markSynthetic);
        if (!writer)
            return failure(writer);
        return std::make_unique<PictureSink>(std::move(*writer), sound);
    }
    if (auto named = checkVideoName(request.output, request.videoFormat); !named)
        return failure(named);
    auto writer = media::VideoWriter::create(request.output, videoOptions(request, manifest, sound));
    if (!writer)
        return failure(writer);
    return std::make_unique<VideoSink>(std::move(*writer), sound, manifest.frameRate());
}

} // namespace lipsync::render

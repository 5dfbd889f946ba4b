// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/video_writer.h"

#include "media/encoded_stream.h"
#include "media/ffmpeg_log.h"
#include "media/input_file.h"
#include "media/output_container.h"
#include "media/part_file.h"

#include <utility>

namespace lipsync::media {
namespace {

constexpr int kLargestSide = 16384; // of H.264 level 6.2 pictures, rounded up
constexpr int kWorstQuality = 51; // of H.264's quantiser

} // namespace

Status checkOptions(const VideoOptions& options)
{
    const auto usage = [](std::string sentence) { return failure(ErrorCode::Usage, std::move(sentence)); };
    if (options.width < 1 || options.height < 1 || options.width > kLargestSide || options.height > kLargestSide)
        return usage(fmt::format("A video of {} × {} pixels cannot be encoded; each side may be 1 to {}.",
                                 options.width, options.height, kLargestSide));
    if (options.frameRateNumerator < 1 || options.frameRateDenominator < 1)
        return usage(fmt::format("A frame rate of {}/{} makes no sense; give for example 25/1.",
                                 options.frameRateNumerator, options.frameRateDenominator));
    if (options.quality < 0 || options.quality > kWorstQuality)
        return usage(fmt::format("Quality {} is outside 0 (lossless) to {}.", options.quality, kWorstQuality));
    if (options.threads < 1 || options.keyframeInterval < 1)
        return usage("Encoder threads and keyframe interval must be at least 1.");
    if (!options.audioSampleRate)
        return {};
    if (const int rate = encodableSampleRate(*options.audioSampleRate, options.format);
        rate != *options.audioSampleRate || rate < 1)
        return usage(fmt::format("The sound of this format cannot have {} samples a second; resample to {} first.",
                                 *options.audioSampleRate, rate));
    if (options.audioChannels < 1 || options.audioChannels > 2)
        return usage(fmt::format("Sound is written in 1 or 2 channels, not in {}.", options.audioChannels));
    return {};
}

class VideoWriter::Impl {
public:
    Impl(PartFile file, VideoOptions options)
        : m_options(std::move(options))
        , m_container(std::move(file), m_options)
    {
    }

    Status open();
    Status write(const cv::Mat& bgr);
    Status writeAudio(std::span<const float> interleaved);
    Status finish();

private:
    Status checkOpen() const;
    Status check(int code);

    const VideoOptions m_options;
    OutputContainer m_container;
    OutputContainer::Track m_pictureTrack{m_container}, m_soundTrack{m_container};
    std::unique_ptr<PictureStream> m_pictures;
    std::unique_ptr<SoundStream> m_sound;
};

Status VideoWriter::Impl::open()
{
    if (Status opened = m_container.open(); !opened)
        return opened;
    m_pictures = std::make_unique<PictureStream>(m_pictureTrack);
    if (Status opened = openPictures(*m_pictures, m_options); !opened)
        return opened;
    if (Status begun = check(m_pictureTrack.begin(m_pictures->codec())); !begun)
        return begun;
    if (m_options.audioSampleRate) {
        m_sound = std::make_unique<SoundStream>(m_soundTrack);
        if (Status opened = m_container.openSound(*m_sound); !opened)
            return opened;
        if (Status begun = check(m_soundTrack.begin(m_sound->codec())); !begun)
            return begun;
    }
    return m_container.writeHeader();
}

Status VideoWriter::Impl::write(const cv::Mat& bgr)
{
    if (const Status usable = checkOpen(); !usable)
        return usable;
    if (bgr.type() != CV_8UC3 || bgr.cols != m_options.width || bgr.rows != m_options.height)
        return failure(
            ErrorCode::Usage,
            fmt::format("A picture of {} × {} was given for {}, which is written at {} × {} in 3 bytes a pixel.",
                        bgr.cols, bgr.rows, quoted(m_container.file().target()), m_options.width, m_options.height));
    listenToFfmpeg();
    return check(m_pictures->write(bgr));
}

Status VideoWriter::Impl::writeAudio(std::span<const float> interleaved)
{
    if (const Status usable = checkOpen(); !usable)
        return usable;
    if (!m_sound)
        return failure(ErrorCode::Usage,
                       fmt::format("{} is written without sound, but sound was given for it.",
                                   quoted(m_container.file().target())));
    if (interleaved.size() % static_cast<std::size_t>(m_options.audioChannels) != 0)
        return failure(ErrorCode::Usage,
                       fmt::format("{} samples are no whole number of frames of {} channels.", interleaved.size(),
                                   m_options.audioChannels));
    listenToFfmpeg();
    return check(m_sound->write(interleaved));
}

Status VideoWriter::Impl::finish()
{
    if (const Status usable = checkOpen(); !usable)
        return usable;
    if (m_pictures->frames() == 0) {
        m_container.discard();
        return failure(ErrorCode::Usage,
                       fmt::format("No picture was given, so {} is not written.", quoted(m_container.file().target())));
    }
    listenToFfmpeg();
    int code = m_pictures->flush();
    if (code >= 0 && m_sound)
        code = m_sound->flush();
    if (const Status encoded = check(code); !encoded)
        return encoded;
    if (const Status whole = m_container.complete(); !whole)
        return whole;
    return m_container.publish();
}

Status VideoWriter::Impl::checkOpen() const
{
    if (m_container.isOpen())
        return {};
    return failure(ErrorCode::Usage,
                   fmt::format("{} is closed: it was finished, or writing it failed before.",
                               quoted(m_container.file().target())));
}

Status VideoWriter::Impl::check(int code)
{
    return m_container.check(code);
}

VideoWriter::VideoWriter(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

VideoWriter::~VideoWriter() = default;

Result<std::unique_ptr<VideoWriter>> VideoWriter::create(const std::filesystem::path& file, VideoOptions options)
{
    if (const Status sensible = checkOptions(options); !sensible)
        return failure(sensible);
    auto part = PartFile::forFile(file, options.overwrite);
    if (!part)
        return failure(part);
    auto impl = std::make_unique<Impl>(std::move(*part), std::move(options));
    if (const Status opened = impl->open(); !opened)
        return failure(opened);
    return std::unique_ptr<VideoWriter>(new VideoWriter(std::move(impl)));
}

Status VideoWriter::write(const cv::Mat& bgr)
{
    return m_impl->write(bgr);
}

Status VideoWriter::writeAudio(std::span<const float> interleaved)
{
    return m_impl->writeAudio(interleaved);
}

Status VideoWriter::finish()
{
    return m_impl->finish();
}

} // namespace lipsync::media

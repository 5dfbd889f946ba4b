// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/segment_writer.h"

#include "media/encoded_stream.h"
#include "media/ffmpeg_log.h"
#include "media/input_file.h"
#include "media/output_container.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace lipsync::media {
namespace {

std::vector<std::uint8_t> parametersOf(const AVCodecContext& codec)
{
    return codec.extradata_size > 0 ? std::vector<std::uint8_t>(codec.extradata, codec.extradata + codec.extradata_size)
                                    : std::vector<std::uint8_t>();
}

class Collector : public PacketConsumer {
public:
    explicit Collector(Segment& segment)
        : m_segment(segment)
    {
    }
    int take(AVPacket& packet, const AVCodecContext&) override
    {
        m_segment.packets.push_back(
            {packet.pts, packet.dts, (packet.flags & AV_PKT_FLAG_KEY) != 0, {packet.data, packet.data + packet.size}});
        return 0;
    }

private:
    Segment& m_segment;
};

/// A packet that refers to bytes of somebody else.
void fill(AVPacket& packet, const SegmentPacket& stored)
{
    packet.pts = stored.shownAt;
    packet.dts = stored.decodedAt;
    packet.duration = 1;
    packet.flags = stored.isKey ? AV_PKT_FLAG_KEY : 0;
    std::memcpy(packet.data, stored.bytes.data(), stored.bytes.size());
}

/// Puts segments and sound side by side into a container, so that memory stays small.
class Joiner {
public:
    Joiner(OutputContainer& container, const VideoOptions& options, const PcmAudio& sound)
        : m_container(container)
        , m_options(options)
        , m_sound(sound)
        , m_packet(av_packet_alloc())
    {
    }

    Status open()
    {
        if (Status opened = m_container.open(); !opened)
            return opened;
        if (Status opened = openPictures(m_pictures, m_options); !opened)
            return opened;
        if (Status opened = m_container.openSound(m_soundStream); !opened)
            return opened;
        int code = m_pictureTrack.begin(m_pictures.codec());
        if (code >= 0)
            code = m_soundTrack.begin(m_soundStream.codec());
        if (Status begun = m_container.check(code); !begun)
            return begun;
        return m_container.writeHeader();
    }

    Status add(const Segment& segment)
    {
        if (segment.parameters != parametersOf(m_pictures.codec()))
            return failure(ErrorCode::Internal,
                           "The pieces of the video do not fit together. Export it again from the beginning.");
        for (const auto& stored : segment.packets) {
            if (Status added = m_container.check(add(stored, segment.firstFrame)); !added)
                return added;
        }
        return {};
    }

    Status finish()
    {
        int code = writeSoundUntil(m_sound.frames());
        if (code >= 0)
            code = m_soundStream.flush();
        if (Status written = m_container.check(code); !written)
            return written;
        return m_container.complete();
    }

private:
    int add(const SegmentPacket& stored, std::int64_t firstFrame)
    {
        if (const int code = av_new_packet(m_packet.get(), static_cast<int>(stored.bytes.size())); code < 0)
            return code;
        fill(*m_packet, stored);
        m_packet->pts += firstFrame;
        m_packet->dts += firstFrame;
        if (const int code = m_pictureTrack.take(*m_packet, m_pictures.codec()); code < 0)
            return code;
        ++m_frames;
        const double seconds =
            static_cast<double>(m_frames) * m_options.frameRateDenominator / m_options.frameRateNumerator;
        return writeSoundUntil(std::min(static_cast<std::size_t>(seconds * m_sound.sampleRate), m_sound.frames()));
    }

    int writeSoundUntil(std::size_t end)
    {
        if (end <= m_soundWritten)
            return 0;
        const auto channels = static_cast<std::size_t>(m_sound.channels);
        const auto part =
            std::span(m_sound.samples).subspan(m_soundWritten * channels, (end - m_soundWritten) * channels);
        m_soundWritten = end;
        return m_soundStream.write(part);
    }

    OutputContainer& m_container;
    const VideoOptions& m_options;
    const PcmAudio& m_sound;
    const PacketPointer m_packet;
    OutputContainer::Track m_pictureTrack{m_container}, m_soundTrack{m_container};
    PictureStream m_pictures{m_pictureTrack}; ///< gives the track its parameters; encodes nothing
    SoundStream m_soundStream{m_soundTrack};
    std::int64_t m_frames = 0;
    std::size_t m_soundWritten = 0;
};

} // namespace

class SegmentWriter::Impl {
public:
    Impl(SegmentFile& file, VideoOptions options)
        : m_file(file)
        , m_options(std::move(options))
    {
    }

    Status begin()
    {
        listenToFfmpeg();
        m_segment = {};
        m_segment.firstFrame = m_file.frames();
        m_pictures = std::make_unique<PictureStream>(m_collector);
        Status opened = openPictures(*m_pictures, m_options);
        if (opened)
            m_segment.parameters = parametersOf(m_pictures->codec());
        return opened;
    }

    Status write(const cv::Mat& bgr, double seconds)
    {
        if (bgr.type() != CV_8UC3 || bgr.cols != m_options.width || bgr.rows != m_options.height)
            return failure(ErrorCode::Usage,
                           fmt::format("A picture of {} × {} was given for a video of {} × {} in 3 bytes a pixel.",
                                       bgr.cols, bgr.rows, m_options.width, m_options.height));
        if (!m_pictures) {
            if (Status begun = begin(); !begun)
                return begun;
        }
        listenToFfmpeg();
        if (Status encoded = check(m_pictures->write(bgr)); !encoded)
            return encoded;
        return m_pictures->frames() == m_options.keyframeInterval ? finish(seconds) : Status();
    }

    Status finish(double seconds)
    {
        if (!m_pictures || m_pictures->frames() == 0)
            return {};
        listenToFfmpeg();
        if (Status encoded = check(m_pictures->flush()); !encoded)
            return encoded;
        m_segment.frames = m_pictures->frames();
        m_segment.seconds = seconds;
        m_pictures.reset();
        if (m_segment.packets.size() != static_cast<std::size_t>(m_segment.frames))
            return failure(ErrorCode::Internal, "The encoder did not give one packet a picture.");
        return m_file.append(m_segment);
    }

private:
    static Status check(int code)
    {
        if (code >= 0)
            return {};
        return failure(ErrorCode::Resource, "A picture cannot be encoded.", ffmpegCause(code));
    }

    SegmentFile& m_file;
    const VideoOptions m_options;
    Segment m_segment;
    Collector m_collector{m_segment};
    std::unique_ptr<PictureStream> m_pictures; ///< of the segment under way
};

SegmentWriter::SegmentWriter(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

SegmentWriter::~SegmentWriter() = default;

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::create(SegmentFile& file, const VideoOptions& options)
{
    if (const Status sensible = checkOptions(options); !sensible)
        return failure(sensible);
    auto impl = std::make_unique<Impl>(file, options);
    // An encoder that does not start is told before anything is computed.
    if (Status begun = impl->begin(); !begun)
        return failure(begun);
    return std::unique_ptr<SegmentWriter>(new SegmentWriter(std::move(impl)));
}

Status SegmentWriter::write(const cv::Mat& bgr, double seconds)
{
    return m_impl->write(bgr, seconds);
}

Status SegmentWriter::finish(double seconds)
{
    return m_impl->finish(seconds);
}

Status joinSegments(SegmentFile& segments, const std::filesystem::path& output, const VideoOptions& options,
                    const PcmAudio& sound, const std::stop_token& stop)
{
    auto part = PartFile::forFile(output, options.overwrite);
    if (!part)
        return failure(part);
    listenToFfmpeg();
    OutputContainer container(std::move(*part), options);
    Joiner joiner(container, options, sound);
    if (Status opened = joiner.open(); !opened)
        return opened;
    const auto joined = segments.forEach([&](const Segment& segment) -> Status {
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped before the file was whole.");
        return joiner.add(segment);
    });
    if (!joined)
        return joined;
    if (Status finished = joiner.finish(); !finished)
        return finished;
    if (const auto file = identify(container.file().part())) {
        if (Status remembered = segments.finish(*file); !remembered)
            return remembered;
    }
    return container.publish();
}

} // namespace lipsync::media

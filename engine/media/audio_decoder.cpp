// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/audio_decoder.h"

#include "media/ffmpeg_handles.h"
#include "media/ffmpeg_log.h"
#include "media/input_file.h"
#include "media/sound_shaper.h"

#include <new>
#include <utility>

extern "C" {
#include <libavutil/mathematics.h>
#include <libavutil/version.h>
}

namespace lipsync::media {
namespace {

constexpr int kLowestWantedRate = 1000;
constexpr int kHighestWantedRate = 384'000;
constexpr int kMostWantedChannels = 8;
constexpr double kToleratedGapSeconds = 0.25; // some blocks of any codec

std::int64_t durationOf(const AVFrame& frame)
{
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame.duration;
#else
    return frame.pkt_duration;
#endif
}

// Decodes a stream from its start to its end into a shaper. It stays one frame behind the decoder, because the
// last frame of an MP4 may be shorter than what its block of AAC decodes to.
class SoundDecoding {
public:
    SoundDecoding(InputFile& input, SoundShaper& shaper, std::string name)
        : m_input(input)
        , m_shaper(shaper)
        , m_name(std::move(name))
        , m_packet(av_packet_alloc())
        , m_frame(av_frame_alloc())
        , m_waiting(av_frame_alloc())
    {
    }

    Status run()
    {
        if (!m_packet || !m_frame || !m_waiting)
            throw std::bad_alloc();
        int code = 0;
        while ((code = av_read_frame(m_input.format.get(), m_packet.get())) >= 0) {
            const bool ours = m_packet->stream_index == m_input.stream->index;
            const Status decoded = ours ? decode(m_packet.get()) : Status{};
            av_packet_unref(m_packet.get());
            if (!decoded)
                return decoded;
        }
        if (code != AVERROR_EOF)
            return failure(
                ErrorCode::InvalidInput,
                fmt::format("The sound of {} ends early: the rest of the file cannot be read. Copy or record "
                            "it again.",
                            m_name),
                ffmpegCause(code));
        if (const Status drained = decode(nullptr); !drained)
            return drained;
        if (m_waiting->nb_samples > 0) {
            if (const Status added = add(lengthOfLast()); !added)
                return added;
        }
        return checkWhole();
    }

private:
    Status decode(const AVPacket* packet)
    {
        const int sent = avcodec_send_packet(m_input.codec.get(), packet);
        // A damaged packet costs its own samples only, as in every player.
        if (sent < 0 && sent != AVERROR_INVALIDDATA && sent != AVERROR_EOF)
            return decodingFailure(sent);
        while (true) {
            const int code = avcodec_receive_frame(m_input.codec.get(), m_frame.get());
            if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
                return {};
            if (code == AVERROR_INVALIDDATA)
                continue;
            if (code < 0)
                return decodingFailure(code);
            if (m_waiting->nb_samples > 0) {
                if (const Status added = add(m_waiting->nb_samples); !added)
                    return added;
            }
            std::swap(m_frame, m_waiting);
            av_frame_unref(m_frame.get());
        }
    }

    Status add(int frames)
    {
        m_seconds += static_cast<double>(frames) / m_waiting->sample_rate;
        return m_shaper.add(*m_waiting, frames);
    }

    // A QuickTime file says how long its sound is; one that was cut off is told from one that is whole.
    Status checkWhole() const
    {
        const AVStream& stream = *m_input.stream;
        if (!m_input.isQuickTime() || stream.duration <= 0)
            return {};
        const double said = static_cast<double>(stream.duration) * av_q2d(stream.time_base);
        if (said - m_seconds < kToleratedGapSeconds)
            return {};
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The sound of {} ends early: {:.1f} of {:.1f} s could be read. Copy or record it "
                                   "again.",
                                   m_name, m_seconds, said));
    }

    int lengthOfLast() const
    {
        const int decoded = m_waiting->nb_samples;
        const std::int64_t duration = durationOf(*m_waiting);
        if (!m_input.isQuickTime() || duration <= 0)
            return decoded;
        const std::int64_t frames =
            av_rescale_q(duration, m_input.stream->time_base, AVRational{1, m_waiting->sample_rate});
        return frames < decoded ? static_cast<int>(frames) : decoded;
    }

    tl::unexpected<Error> decodingFailure(int code) const
    {
        return failure(code == AVERROR(ENOMEM) ? ErrorCode::Resource : ErrorCode::InvalidInput,
                       fmt::format("The sound of {} cannot be decoded. Convert it to WAV first.", m_name),
                       ffmpegCause(code));
    }

    InputFile& m_input;
    SoundShaper& m_shaper;
    const std::string m_name;
    double m_seconds = 0.0; ///< decoded so far
    PacketPointer m_packet;
    FramePointer m_frame;
    FramePointer m_waiting;
};

Status checkWishes(std::optional<int> sampleRate, std::optional<int> channels)
{
    if (sampleRate && (*sampleRate < kLowestWantedRate || *sampleRate > kHighestWantedRate))
        return failure(ErrorCode::Usage,
                       fmt::format("Sound can be had at {} to {} samples a second, not at {}.", kLowestWantedRate,
                                   kHighestWantedRate, *sampleRate));
    if (channels && (*channels < 1 || *channels > kMostWantedChannels))
        return failure(ErrorCode::Usage,
                       fmt::format("Sound can be had in 1 to {} channels, not in {}.", kMostWantedChannels, *channels));
    return {};
}

} // namespace

Result<PcmAudio> decodeAudio(const std::filesystem::path& file, std::optional<int> sampleRate,
                             std::optional<int> channels)
try {
    if (const Status sensible = checkWishes(sampleRate, channels); !sensible)
        return failure(sensible);
    auto input = openInput(file, AVMEDIA_TYPE_AUDIO);
    if (!input)
        return failure(input);
    SoundShaper shaper(quoted(file), sampleRate, channels);
    if (const Status decoded = SoundDecoding(*input, shaper, quoted(file)).run(); !decoded)
        return failure(decoded);
    return shaper.finish();
} catch (const std::bad_alloc&) {
    return failure(ErrorCode::Resource,
                   fmt::format("Not enough memory to hold the sound of {}. Use a shorter file.", quoted(file)));
}

Result<PcmAudio> decodeSpeech(const std::filesystem::path& file)
{
    return decodeAudio(file, kSpeechSampleRate, 1);
}

} // namespace lipsync::media

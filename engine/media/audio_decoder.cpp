// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/audio_decoder.h"

#include "media/ffmpeg_handles.h"
#include "media/ffmpeg_log.h"
#include "media/input_file.h"
#include "media/sound_shaper.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <new>
#include <utility>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace lipsync::media {
namespace {

constexpr int kLowestWantedRate = 1000;
constexpr int kHighestWantedRate = 384'000;
constexpr int kMostWantedChannels = 8;
constexpr double kToleratedGapSeconds = 0.25; // some blocks of any codec
constexpr double kToleratedDriftSeconds = 0.04; // between clock and samples; a frame of video is as long

// Takes the first `frames` frames of a decoded piece of sound; says whether more are wanted.
using SoundSink = std::function<Result<bool>(const AVFrame& sound, int frames)>;

// Decodes a stream from its start to its end, or for as long as its sink wants more. It stays one frame behind the
// decoder, because the last frame of an MP4 may be shorter than what its block of AAC decodes to.
class SoundDecoding {
public:
    SoundDecoding(InputFile& input, SoundSink sink, std::string name)
        : m_input(input)
        , m_sink(std::move(sink))
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
        while (m_wantsMore && (code = av_read_frame(m_input.format.get(), m_packet.get())) >= 0) {
            const bool ours = m_packet->stream_index == m_input.stream->index;
            const Status decoded = ours ? decode(m_packet.get()) : Status{};
            av_packet_unref(m_packet.get());
            if (!decoded)
                return decoded;
        }
        if (!m_wantsMore)
            return {};
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
        if (!m_wantsMore)
            return {};
        m_seconds += static_cast<double>(frames) / m_waiting->sample_rate;
        const auto more = m_sink(*m_waiting, frames);
        if (!more)
            return failure(more);
        m_wantsMore = *more;
        return {};
    }

    // A QuickTime file says how long its sound is; one that was cut off is told from one that is whole.
    Status checkWhole() const
    {
        const AVStream& stream = *m_input.stream;
        if (!m_wantsMore || !m_input.isQuickTime() || stream.duration <= 0)
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
    SoundSink m_sink;
    const std::string m_name;
    bool m_wantsMore = true;
    double m_seconds = 0.0; ///< decoded so far
    PacketPointer m_packet;
    FramePointer m_frame;
    FramePointer m_waiting;
};

// Puts pieces of sound where the file's clock has them. Pieces that follow each other are resampled as one.
class PlacedSound {
public:
    PlacedSound(std::string name, AVRational timeBase, double fromSeconds, double seconds)
        : m_name(std::move(name))
        , m_timeBase(timeBase)
        , m_from(fromSeconds)
        , m_until(fromSeconds + seconds)
    {
        m_sound.sampleRate = kSpeechSampleRate;
        m_sound.channels = 1;
        m_sound.samples.resize(static_cast<std::size_t>(std::llround(seconds * kSpeechSampleRate)));
    }

    Result<bool> add(const AVFrame& sound, int frames)
    {
        const std::int64_t time = sound.best_effort_timestamp;
        const double start = time != AV_NOPTS_VALUE ? static_cast<double>(time) * av_q2d(m_timeBase) : m_end;
        const double end = start + static_cast<double>(frames) / sound.sample_rate;
        if (start >= m_until)
            return false;
        if (!m_piece && end <= m_from - kLeadInSeconds) {
            m_end = end;
            return true;
        }
        if (!m_piece || std::abs(start - m_end) > kToleratedDriftSeconds) {
            if (const Status placed = placePiece(); !placed)
                return failure(placed);
            m_piece = std::make_unique<SoundShaper>(m_name, kSpeechSampleRate, 1);
            m_pieceStart = start;
            m_end = start;
        }
        m_end += static_cast<double>(frames) / sound.sample_rate;
        const Status added = m_piece->add(sound, frames);
        return added ? Result<bool>(true) : failure(added);
    }

    Result<PcmAudio> finish()
    {
        if (const Status placed = placePiece(); !placed)
            return failure(placed);
        return std::move(m_sound);
    }

private:
    static constexpr double kLeadInSeconds = 0.25; // for decoders and resampler to settle

    Status placePiece()
    {
        if (!m_piece)
            return {};
        const auto piece = std::exchange(m_piece, nullptr)->finish();
        if (!piece)
            return failure(piece);
        const auto size = static_cast<std::int64_t>(m_sound.samples.size());
        const std::int64_t offset = std::llround((m_pieceStart - m_from) * kSpeechSampleRate);
        const std::int64_t first = std::clamp<std::int64_t>(-offset, 0, static_cast<std::int64_t>(piece->frames()));
        const std::int64_t last =
            std::clamp<std::int64_t>(size - offset, first, static_cast<std::int64_t>(piece->frames()));
        std::copy(piece->samples.begin() + first, piece->samples.begin() + last,
                  m_sound.samples.begin() + std::min(size, first + offset));
        return {};
    }

    const std::string m_name;
    const AVRational m_timeBase;
    const double m_from;
    const double m_until;
    std::unique_ptr<SoundShaper> m_piece; ///< the one that is growing
    double m_pieceStart = 0.0;
    double m_end = 0.0; ///< of what came so far, by its samples
    PcmAudio m_sound;
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

SoundSink into(SoundShaper& shaper)
{
    return [&shaper](const AVFrame& sound, int frames) -> Result<bool> {
        const Status added = shaper.add(sound, frames);
        return added ? Result<bool>(true) : failure(added);
    };
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
    if (const Status decoded = SoundDecoding(*input, into(shaper), quoted(file)).run(); !decoded)
        return failure(decoded);
    return shaper.finish();
} catch (const std::bad_alloc&) {
    return failure(ErrorCode::Resource,
                   fmt::format("Not enough memory to hold the sound of {}. Use a shorter file.", quoted(file)));
}

Status decodeAudioPieces(const std::filesystem::path& file, const std::function<void(const PcmAudio& piece)>& take)
try {
    auto input = openInput(file, AVMEDIA_TYPE_AUDIO);
    if (!input)
        return failure(input);
    SoundShaper shaper(quoted(file), {}, {});
    const auto add = [&](const AVFrame& sound, int frames) -> Result<bool> {
        if (const Status added = shaper.add(sound, frames); !added)
            return failure(added);
        take(shaper.take());
        return true;
    };
    if (const Status decoded = SoundDecoding(*input, add, quoted(file)).run(); !decoded)
        return decoded;
    const auto end = shaper.finish(); // says so when there was nothing
    return end ? Status() : failure(end);
} catch (const std::bad_alloc&) {
    return failure(ErrorCode::Resource, fmt::format("Not enough memory to read the sound of {}.", quoted(file)));
}

Result<PcmAudio> decodeSpeechAt(const std::filesystem::path& file, double fromSeconds, double seconds,
                                const std::stop_token& stop)
try {
    if (!(seconds > 0.0 && seconds <= kLongestAudioSeconds) || !std::isfinite(fromSeconds))
        return failure(ErrorCode::Usage,
                       fmt::format("{:.1f} s of sound from {:.1f} s on cannot be had; more than 0 and "
                                   "at most {:.0f} s can.",
                                   seconds, fromSeconds, kLongestAudioSeconds));
    auto input = openInput(file, AVMEDIA_TYPE_AUDIO);
    if (!input)
        return failure(input);
    PlacedSound placed(quoted(file), input->stream->time_base, fromSeconds, seconds);
    const auto place = [&](const AVFrame& sound, int frames) -> Result<bool> {
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped while the sound was decoded.");
        return placed.add(sound, frames);
    };
    if (const Status decoded = SoundDecoding(*input, place, quoted(file)).run(); !decoded)
        return failure(decoded);
    return placed.finish();
} catch (const std::bad_alloc&) {
    return failure(ErrorCode::Resource,
                   fmt::format("Not enough memory to hold the sound of {}. Use a shorter file.", quoted(file)));
}

Result<PcmAudio> decodeSpeech(const std::filesystem::path& file)
{
    return decodeAudio(file, kSpeechSampleRate, 1);
}

} // namespace lipsync::media

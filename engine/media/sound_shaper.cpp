// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/sound_shaper.h"

#include "media/ffmpeg_log.h"

#include <algorithm>
#include <cmath>
#include <utility>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
}

namespace lipsync::media {
namespace {

// A windowed sinc of 256 zero crossings: the pass band ends 2.5 % below the band edge and what lies above it is
// at least 90 dB down (Kaiser's estimate of the transition width), at 0.1 % of one core for 44.1 → 16 kHz.
constexpr int kResamplerTaps = 256;
constexpr double kResamplerCutoff = 0.97;
constexpr int kKaiserBeta = 10;
constexpr int kHighestRate = 1'000'000;

struct ChannelLayout {
    explicit ChannelLayout(int channels) { av_channel_layout_default(&layout, channels); }
    ~ChannelLayout() { av_channel_layout_uninit(&layout); }
    ChannelLayout(const ChannelLayout&) = delete;
    ChannelLayout& operator=(const ChannelLayout&) = delete;
    AVChannelLayout layout{};
};

Result<ResamplerPointer> makeResampler(int inputChannels, AVSampleFormat inputFormat, int inputRate, int outputChannels,
                                       int outputRate)
{
    ChannelLayout input(inputChannels);
    ChannelLayout output(outputChannels);
    SwrContext* made = nullptr;
    int code = swr_alloc_set_opts2(&made, &output.layout, AV_SAMPLE_FMT_FLT, outputRate, &input.layout, inputFormat,
                                   inputRate, 0, nullptr);
    ResamplerPointer resampler(made);
    if (code >= 0 && inputRate != outputRate) {
        av_opt_set_int(made, "filter_size", kResamplerTaps, 0);
        av_opt_set_double(made, "cutoff", kResamplerCutoff, 0);
        av_opt_set_int(made, "filter_type", SWR_FILTER_TYPE_KAISER, 0);
        av_opt_set_double(made, "kaiser_beta", kKaiserBeta, 0);
        av_opt_set_int(made, "exact_rational", 1, 0);
    }
    if (code >= 0)
        code = swr_init(made);
    if (code < 0)
        return failure(ErrorCode::Internal, "FFmpeg cannot convert this sound.", ffmpegCause(code));
    return resampler;
}

void zeroWhatIsNoNumber(float* samples, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        if (!std::isfinite(samples[i]))
            samples[i] = 0.0F;
}

} // namespace

SoundShaper::SoundShaper(std::string name, std::optional<int> sampleRate, std::optional<int> channels)
    : m_name(std::move(name))
    , m_wantedRate(sampleRate)
    , m_wantedChannels(channels)
{
}

Status SoundShaper::add(const AVFrame& sound, int frames)
{
    if (frames <= 0)
        return {};
    if (m_inputRate == 0) {
        if (const Status configured = configure(sound); !configured)
            return configured;
    }
    if (!sameShape(sound))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The sound of {} changes its rate or channels {:.1f} s after its start. Convert it "
                                   "to WAV first.",
                                   m_name, static_cast<double>(m_inputFrames) / m_inputRate));
    if (const Status converted = toFloats(sound, frames); !converted)
        return converted;
    m_inputFrames += frames;
    mixChannels(frames);
    if (m_resampler) {
        if (const Status resampled = resample(m_chunk.data(), frames); !resampled)
            return resampled;
    } else {
        m_sound.samples.insert(m_sound.samples.end(), m_chunk.begin(), m_chunk.end());
    }
    return checkLength();
}

PcmAudio SoundShaper::take()
{
    PcmAudio piece{m_sound.sampleRate, m_sound.channels, {}};
    piece.samples.swap(m_sound.samples);
    return piece;
}

Result<PcmAudio> SoundShaper::finish()
{
    if (m_inputFrames == 0)
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} holds no sound: its audio stream has 0 samples. Record or copy it again.", m_name));
    if (m_resampler) {
        if (const Status flushed = resample(nullptr, 0); !flushed)
            return failure(flushed);
        const auto wanted = av_rescale_rnd(m_inputFrames, m_sound.sampleRate, m_inputRate, AV_ROUND_NEAR_INF);
        m_sound.samples.resize(static_cast<std::size_t>(std::max<std::int64_t>(wanted, 1) * m_sound.channels), 0.0F);
        zeroWhatIsNoNumber(m_sound.samples.data(), m_sound.samples.size());
    }
    return std::move(m_sound);
}

Status SoundShaper::configure(const AVFrame& first)
{
    m_format = static_cast<AVSampleFormat>(first.format);
    m_inputRate = first.sample_rate;
    m_inputChannels = first.ch_layout.nb_channels;
    if (m_inputRate <= 0 || m_inputRate > kHighestRate || m_inputChannels <= 0)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The sound of {} claims {} samples a second in {} channels, which no recording has. "
                                   "Convert it to WAV first.",
                                   m_name, m_inputRate, m_inputChannels));
    m_sound.sampleRate = m_wantedRate.value_or(m_inputRate);
    m_sound.channels = m_wantedChannels.value_or(m_inputChannels);
    const bool mixesItself = m_sound.channels == 1 || m_inputChannels == 1;
    m_mixedChannels = mixesItself ? m_sound.channels : m_inputChannels;

    auto converter = makeResampler(m_inputChannels, m_format, m_inputRate, m_inputChannels, m_inputRate);
    if (!converter)
        return failure(converter);
    m_converter = std::move(*converter);
    return configureResampler();
}

Status SoundShaper::configureResampler()
{
    if (m_sound.sampleRate == m_inputRate && m_mixedChannels == m_sound.channels)
        return {};
    auto resampler =
        makeResampler(m_mixedChannels, AV_SAMPLE_FMT_FLT, m_inputRate, m_sound.channels, m_sound.sampleRate);
    if (!resampler)
        return failure(resampler);
    m_resampler = std::move(*resampler);
    return {};
}

bool SoundShaper::sameShape(const AVFrame& sound) const
{
    return sound.format == m_format && sound.sample_rate == m_inputRate &&
        sound.ch_layout.nb_channels == m_inputChannels;
}

Status SoundShaper::toFloats(const AVFrame& sound, int frames)
{
    m_chunk.resize(static_cast<std::size_t>(frames) * static_cast<std::size_t>(m_inputChannels));
    auto* output = reinterpret_cast<std::uint8_t*>(m_chunk.data());
    const int converted =
        swr_convert(m_converter.get(), &output, frames, const_cast<const std::uint8_t**>(sound.extended_data), frames);
    if (converted != frames)
        return internalFailure(converted);
    zeroWhatIsNoNumber(m_chunk.data(), m_chunk.size());
    return {};
}

void SoundShaper::mixChannels(int frames)
{
    if (m_mixedChannels == m_inputChannels)
        return;
    const auto count = static_cast<std::size_t>(frames);
    if (m_mixedChannels == 1) {
        const auto channels = static_cast<std::size_t>(m_inputChannels);
        for (std::size_t i = 0; i < count; ++i) {
            double sum = 0.0;
            for (std::size_t c = 0; c < channels; ++c)
                sum += m_chunk[i * channels + c];
            m_chunk[i] = static_cast<float>(sum / m_inputChannels);
        }
        m_chunk.resize(count);
        return;
    }
    const auto channels = static_cast<std::size_t>(m_mixedChannels);
    std::vector<float> spread(count * channels);
    for (std::size_t i = 0; i < spread.size(); ++i)
        spread[i] = m_chunk[i / channels];
    m_chunk = std::move(spread);
}

Status SoundShaper::resample(const float* input, int frames)
{
    const auto* source = reinterpret_cast<const std::uint8_t*>(input);
    const auto channels = static_cast<std::size_t>(m_sound.channels);
    while (true) {
        const int room = swr_get_out_samples(m_resampler.get(), frames);
        if (room < 0)
            return internalFailure(room);
        if (room == 0)
            return {};
        const std::size_t before = m_sound.samples.size();
        m_sound.samples.resize(before + static_cast<std::size_t>(room) * channels);
        auto* output = reinterpret_cast<std::uint8_t*>(m_sound.samples.data() + before);
        const int made = swr_convert(m_resampler.get(), &output, room, input != nullptr ? &source : nullptr, frames);
        m_sound.samples.resize(before + static_cast<std::size_t>(std::max(made, 0)) * channels);
        if (made < 0)
            return internalFailure(made);
        if (input != nullptr || made == 0)
            return {};
    }
}

Status SoundShaper::checkLength() const
{
    if (static_cast<double>(m_inputFrames) <= kLongestAudioSeconds * m_inputRate)
        return {};
    return failure(
        ErrorCode::InvalidInput,
        fmt::format("{} is longer than {:.0f} hours. Cut it into parts.", m_name, kLongestAudioSeconds / 3600.0));
}

tl::unexpected<Error> SoundShaper::internalFailure(int code) const
{
    return failure(ErrorCode::Internal, fmt::format("The sound of {} could not be converted.", m_name),
                   ffmpegCause(code));
}

} // namespace lipsync::media

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/audio_decoder.h"
#include "media/ffmpeg_handles.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lipsync::media {

/// Brings decoded frames, as they come, into one rate and channel count. One thread at a time.
class SoundShaper {
public:
    /// What is not given stays as the first frame has it. `name` is the file's in sentences.
    SoundShaper(std::string name, std::optional<int> sampleRate, std::optional<int> channels);

    /// Adds the first `frames` frames of a decoded picture of sound.
    Status add(const AVFrame& sound, int frames);

    /// Gives away what is there so far; for a sound that keeps its rate. finish() then tells its rate and channels.
    PcmAudio take();

    /// Ends the sound and gives it away: exactly round(frames · new rate / old rate) frames.
    Result<PcmAudio> finish();

private:
    Status configure(const AVFrame& first);
    Status configureResampler();
    bool sameShape(const AVFrame& sound) const;
    Status toFloats(const AVFrame& sound, int frames);
    void mixChannels(int frames);
    Status resample(const float* input, int frames);
    Status checkLength() const;
    tl::unexpected<Error> internalFailure(int code) const;

    const std::string m_name;
    const std::optional<int> m_wantedRate;
    const std::optional<int> m_wantedChannels;

    AVSampleFormat m_format = AV_SAMPLE_FMT_NONE;
    int m_inputRate = 0;
    int m_inputChannels = 0;
    int m_mixedChannels = 0; ///< after our own mixing, before the resampler
    std::int64_t m_inputFrames = 0;
    ResamplerPointer m_converter; ///< decoder's sample format → interleaved float
    ResamplerPointer m_resampler; ///< only when rate or layout change
    std::vector<float> m_chunk; ///< interleaved input as float
    PcmAudio m_sound;
};

} // namespace lipsync::media

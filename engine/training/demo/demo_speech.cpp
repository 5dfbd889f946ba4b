// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/demo/demo_speech.h"

#include "training/demo/demo_visemes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <mutex>
#include <numbers>

#include <espeak-ng/speak_lib.h>

namespace lipsync::training {

namespace {

constexpr int kEspeakRate = 22050;
constexpr double kQuietEnd = 0.12; ///< silence added at both ends, three frames

/// 22,050 Hz to 16 kHz (320 : 441) by a windowed sinc that passes up to about 7.4 kHz.
class Resampler {
public:
    Resampler()
        : m_taps(kPhases * kLength)
    {
        for (int phase = 0; phase < kPhases; ++phase) {
            double total = 0.0;
            for (int tap = 0; tap < kLength; ++tap) {
                const double x = tap - kHalf + 1 - static_cast<double>(phase) / kPhases;
                const double angle = std::numbers::pi * x / kHalf;
                const double window =
                    std::abs(x) >= kHalf ? 0.0 : 0.42 + 0.5 * std::cos(angle) + 0.08 * std::cos(2 * angle);
                const double turn = std::numbers::pi * kCutoff * x;
                m_taps[phase * kLength + tap] = static_cast<float>(window * (x == 0.0 ? 1.0 : std::sin(turn) / turn));
                total += m_taps[phase * kLength + tap];
            }
            for (int tap = 0; tap < kLength; ++tap)
                m_taps[phase * kLength + tap] /= static_cast<float>(total);
        }
    }

    std::vector<float> operator()(const std::vector<short>& input) const
    {
        const long count = static_cast<long>(input.size()) * kPhases / kStep;
        std::vector<float> output(count);
        for (long n = 0; n < count; ++n) {
            const long position = n * kStep;
            const long first = position / kPhases - kHalf + 1;
            const float* taps = m_taps.data() + position % kPhases * kLength;
            float sum = 0.0f;
            for (int tap = 0; tap < kLength; ++tap) {
                const long index = first + tap;
                if (index >= 0 && index < static_cast<long>(input.size()))
                    sum += taps[tap] * input[index];
            }
            output[n] = std::clamp(sum / 32768.0f, -1.0f, 1.0f);
        }
        return output;
    }

private:
    static constexpr int kPhases = 320;
    static constexpr int kStep = 441;
    static constexpr int kHalf = 40;
    static constexpr int kLength = 2 * kHalf;
    static constexpr double kCutoff = 7600.0 / (kEspeakRate / 2.0);
    std::vector<float> m_taps;
};

struct Recording {
    std::vector<short> samples;
    std::vector<SpokenPhoneme> phonemes; ///< ends not yet known
};

int collect(short* samples, int count, espeak_EVENT* events)
{
    auto* recording = static_cast<Recording*>(events->user_data);
    if (samples != nullptr && count > 0)
        recording->samples.insert(recording->samples.end(), samples, samples + count);
    for (; events->type != espeakEVENT_LIST_TERMINATED; ++events) {
        if (events->type != espeakEVENT_PHONEME)
            continue;
        const char* name = events->id.string;
        recording->phonemes.push_back({std::string(name, strnlen(name, sizeof events->id.string)),
                                       static_cast<double>(events->sample) / kEspeakRate, 0.0});
    }
    return 0;
}

Status startEspeak()
{
    static const int rate = [] {
        const int options = espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_DONT_EXIT;
        const int started = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, nullptr, options);
        espeak_SetSynthCallback(collect);
        return started;
    }();
    if (rate != kEspeakRate)
        return failure(ErrorCode::Resource, "espeak-ng could not start; install the package espeak-ng-data.");
    return {};
}

} // namespace

Result<DemoUtterance> speak(const std::string& text, const DemoVoice& voice)
{
    static std::mutex oneAtATime;
    std::lock_guard lock(oneAtATime);
    if (const Status started = startEspeak(); !started)
        return tl::unexpected<Error>(started.error());
    if (espeak_SetVoiceByName(voice.voice.c_str()) != EE_OK)
        return failure(ErrorCode::InvalidInput,
                       "espeak-ng has no voice named \"" + voice.voice + "\"; see espeak-ng --voices.");
    espeak_SetParameter(espeakRATE, voice.rate, 0);
    espeak_SetParameter(espeakPITCH, voice.pitch, 0);

    Recording recording;
    const espeak_ERROR spoken =
        espeak_Synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, nullptr, &recording);
    if (spoken != EE_OK || recording.phonemes.empty() || recording.samples.empty())
        return failure(ErrorCode::InvalidInput, "espeak-ng made no sound of \"" + text + "\"; use a text with words.");

    std::vector<SpokenPhoneme>& phonemes = recording.phonemes;
    const double soundEnd = static_cast<double>(recording.samples.size()) / kEspeakRate;
    for (std::size_t i = 0; i < phonemes.size(); ++i) {
        const double end = i + 1 < phonemes.size() ? phonemes[i + 1].start : soundEnd;
        phonemes[i].end = end + kQuietEnd;
        phonemes[i].start += kQuietEnd;
    }
    phonemes.insert(phonemes.begin(), {"_:", phonemes.front().start - 2.0 * kQuietEnd, phonemes.front().start});

    static const Resampler resample;
    const std::vector<float> sound = resample(recording.samples);
    const auto quiet = static_cast<std::size_t>(kQuietEnd * 16000.0);
    const std::size_t frames = (sound.size() + 2 * quiet + kSamplesPerFrame - 1) / kSamplesPerFrame;
    DemoUtterance utterance;
    utterance.samples.assign(frames * kSamplesPerFrame, 0.0f);
    std::copy(sound.begin(), sound.end(), utterance.samples.begin() + quiet);
    phonemes.push_back({"_:", soundEnd + kQuietEnd, frames / 25.0 + kQuietEnd});
    utterance.mouth = mouthTrack(phonemes, static_cast<int>(frames));
    return utterance;
}

} // namespace lipsync::training

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/mouth_load.h"

#include "nn/formula_weights.h"
#include "session/speech_session.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lipsync::tuning {

namespace {

constexpr std::int64_t kMouths = 48; ///< about two seconds

/// Two seconds of a buzz whose pitch and loudness move about as those of a speaker do.
std::vector<float> madeUpVoice()
{
    constexpr int kRate = 16000, kSeconds = 2, kHarmonics = 12;
    constexpr double kPitchHertz = 140, kBendHertz = 40, kSyllablesPerSecond = 4;
    std::vector<float> samples(std::size_t{kRate} * kSeconds);
    double phase = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double time = static_cast<double>(i) / kRate;
        const double syllable = std::sin(2 * std::numbers::pi * kSyllablesPerSecond * time);
        phase += 2 * std::numbers::pi * (kPitchHertz + kBendHertz * syllable) / kRate;
        double sum = 0;
        for (int harmonic = 1; harmonic <= kHarmonics; ++harmonic)
            sum += std::sin(harmonic * phase) / harmonic;
        samples[i] = static_cast<float>(0.2 * (1 + syllable) * sum);
    }
    return samples;
}

Result<std::vector<std::vector<float>>> windowsOfVoice(const std::shared_ptr<avatar::TemplateFrames>& frames,
                                                       const std::stop_token& stop)
{
    auto session = session::SpeechSession::create(frames, 1);
    if (!session)
        return failure(session);
    session::pushWhole(**session, madeUpVoice(), stop);
    std::vector<std::vector<float>> windows;
    for (std::int64_t frame = 0; frame < kMouths; ++frame) {
        auto heard = (*session)->frame(frame, stop);
        if (!heard)
            return failure(heard);
        windows.push_back(std::move(heard->window));
    }
    return windows;
}

std::vector<std::vector<float>> windowsByFormula(const nn::GeneratorSpec& spec)
{
    const auto elements = spec.audioElements();
    const auto numbers = nn::formulaFeatures(elements + kMouths);
    std::vector<std::vector<float>> windows;
    for (std::int64_t frame = 0; frame < kMouths; ++frame)
        windows.emplace_back(numbers.begin() + frame, numbers.begin() + frame + static_cast<std::ptrdiff_t>(elements));
    return windows;
}

} // namespace

Result<std::shared_ptr<const MouthLoad>> MouthLoad::create(const std::shared_ptr<avatar::TemplateFrames>& frames,
                                                           const std::stop_token& stop)
{
    const auto& manifest = frames->package().manifest();
    std::vector<std::vector<float>> windows;
    if (manifest.network.mode == nn::AudioMode::Ave) {
        auto heard = windowsOfVoice(frames, stop);
        if (!heard)
            return failure(heard);
        windows = std::move(*heard);
    } else {
        windows = windowsByFormula(manifest.network);
    }
    const avatar::TemplateLoop loop(manifest.loop, manifest.frameCount, manifest.startFrame);
    auto load = std::make_shared<MouthLoad>();
    for (std::size_t i = 0; i < windows.size(); ++i) {
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped while the load was prepared.");
        auto content = std::make_shared<inference::MouthContent>();
        content->templateFrame = loop.frameAt(static_cast<std::int64_t>(i));
        content->window = std::move(windows[i]);
        if (auto frame = frames->frame(content->templateFrame); !frame) // writes its crop
            return failure(frame);
        load->m_mouths.push_back(std::move(content));
    }
    return load;
}

scheduling::FrameJob MouthLoad::job(scheduling::ModelId model, std::int64_t request) const
{
    scheduling::FrameJob job;
    job.model = model;
    job.content = m_mouths[static_cast<std::size_t>(request) % m_mouths.size()];
    job.bytes = mouth(static_cast<std::size_t>(request)).window.bytes();
    return job;
}

} // namespace lipsync::tuning

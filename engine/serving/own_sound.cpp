// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/own_sound.h"

#include "media/audio_decoder.h"
#include "session/speech_session.h"

#include <algorithm>

namespace lipsync::serving {

Result<std::shared_ptr<OwnSound>> OwnSound::open(const std::shared_ptr<avatar::TemplateFrames>& frames)
{
    const auto& package = frames->package();
    const auto sound = package.soundFile();
    auto features = package.features();
    if (!features)
        return failure(features);
    if (!sound && !*features)
        return std::shared_ptr<OwnSound>();
    // Features belong to networks that cannot compute them; all others listen to the sound itself.
    auto speech = session::SpeechSession::create(frames, 1, *features);
    if (!speech)
        return failure(speech);
    std::vector<float> samples;
    if (sound) {
        auto decoded = media::decodeSpeech(*sound);
        if (!decoded)
            return failure(decoded);
        samples = std::move(decoded->samples);
    }
    session::pushWhole(**speech, samples, {});
    std::shared_ptr<OwnSound> own(new OwnSound(package.manifest().network.profile()));
    while (true) {
        const auto isThere = (*speech)->hasFrame(own->m_frames, {});
        if (!isThere)
            return failure(isThere);
        if (!*isThere)
            break;
        const auto window = (*speech)->window(own->m_frames, {});
        if (!window)
            return failure(window);
        own->append(*window);
    }
    return own->m_frames > 0 ? own : nullptr;
}

OwnSound::OwnSound(const nn::NetworkProfile& profile)
    : m_windowSize(profile.audioElements())
    , m_step(profile.featureRows == 0 ? m_windowSize : profile.featureSize())
{
}

void OwnSound::append(std::span<const float> window)
{
    const auto fresh = m_frames++ == 0 ? window : window.last(m_step);
    m_numbers->insert(m_numbers->end(), fresh.begin(), fresh.end());
}

inference::SoundWindow OwnSound::window(std::int64_t templateFrame) const
{
    const auto at = static_cast<std::size_t>(std::min(templateFrame, m_frames - 1)) * m_step;
    return {m_numbers, std::span(*m_numbers).subspan(at, m_windowSize)};
}

} // namespace lipsync::serving

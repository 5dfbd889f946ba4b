// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/own_sound.h"

#include "media/audio_decoder.h"

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
    std::int64_t count = 0;
    while (true) {
        const auto isThere = (*speech)->hasFrame(count, {});
        if (!isThere)
            return failure(isThere);
        if (!*isThere)
            break;
        ++count;
    }
    if (count == 0)
        return std::shared_ptr<OwnSound>();
    return std::make_shared<OwnSound>(std::move(*speech), count);
}

Result<std::vector<float>> OwnSound::window(std::int64_t templateFrame) const
{
    return m_speech->window(std::min(templateFrame, m_frames - 1), {});
}

} // namespace lipsync::serving

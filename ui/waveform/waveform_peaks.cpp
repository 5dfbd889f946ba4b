// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/waveform/waveform_peaks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace lipsync::ui {
namespace {

constexpr std::size_t kMostProbes = 1024; // of one stretch
constexpr float kSilence = 1e-4F; // -80 dB: below it nothing is scaled up

} // namespace

std::vector<float> waveformPeaks(const VoiceSound& sound, int buckets)
{
    std::vector<float> peaks(static_cast<std::size_t>(std::max(buckets, 0)), 0.0F);
    const std::size_t count = sound.samples.size();
    for (std::size_t bucket = 0; bucket < peaks.size(); ++bucket) {
        const std::size_t begin = count * bucket / peaks.size();
        const std::size_t end = count * (bucket + 1) / peaks.size();
        const std::size_t step = std::max<std::size_t>(1, (end - begin) / kMostProbes);
        for (std::size_t at = begin; at < end; at += step)
            peaks[bucket] = std::max(peaks[bucket], std::abs(sound.samples[at]));
    }
    const auto loudest = std::max_element(peaks.begin(), peaks.end());
    if (loudest != peaks.end() && *loudest > kSilence) {
        const float scale = 1.0F / *loudest;
        for (float& peak : peaks)
            peak *= scale;
    }
    return peaks;
}

} // namespace lipsync::ui

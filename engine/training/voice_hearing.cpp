// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/voice_hearing.h"

#include "training/heard_features.h"

#include <algorithm>

namespace lipsync::training {

torch::Tensor hearFrames(nn::AveNetwork& encoder, const SpeakerClip& clip, std::span<const int> frames,
                         const torch::Device& device)
{
    const auto count = static_cast<std::int64_t>(frames.size());
    auto mel = torch::zeros({count * kFeatureRows, 1, nn::kMelBands, nn::kMelWindowColumns});
    auto exists = torch::zeros({count, kFeatureRows, 1});
    auto* out = mel.data_ptr<float>();
    auto* known = exists.data_ptr<float>();
    for (const int frame : frames) {
        for (int i = 0; i < kFeatureRows; ++i, ++known, out += nn::kMelBands * nn::kMelWindowColumns) {
            const int row = frame - kFeatureRowsBefore + i; // of table F, whose first feature stands twice
            if (row < 0 || row > clip.frames)
                continue;
            *known = 1;
            copyMelWindow(clip.mel, std::max(0, row - 1), out);
        }
    }
    encoder.eval();
    const auto features = encoder.forward(mel.to(device)).view({count, kFeatureRows, nn::kAudioFeatureSize});
    return (features * exists.to(device)).view({count, 32, 16, 16});
}

} // namespace lipsync::training

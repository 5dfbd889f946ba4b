// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/network_pictures.h"

#include "nn/network_spec.h"

#include <algorithm>

namespace lipsync::training {

void copyNetworkPictures(const PictureView& reference, const PictureView& surroundings, const PictureView& truth,
                         nn::GeneratorKind kind, float* input, float* target)
{
    const int size = nn::profileOf(kind, nn::AudioMode::Ave).pictureSize;
    const auto [mx, my, mw, mh] = nn::mouthMask(kind);
    const auto value = [](const PictureView& view, std::uint8_t byte) {
        return std::clamp(static_cast<float>(byte) / 255.0f * view.gain + view.offset, 0.0f, 1.0f);
    };
    for (int y = 0; y < size; ++y) {
        const auto row = [y](const PictureView& view) {
            return view.bytes + (static_cast<std::ptrdiff_t>(view.y + y) * view.side + view.x) * 3;
        };
        const std::uint8_t* seen = row(reference);
        const std::uint8_t* around = row(surroundings);
        const std::uint8_t* wanted = row(truth);
        for (int x = 0; x < size; ++x, seen += 3, around += 3, wanted += 3, input += 6, target += 3) {
            const bool masked = y >= my && y < my + mh && x >= mx && x < mx + mw;
            for (int c = 0; c < 3; ++c) {
                target[c] = value(truth, wanted[c]);
                input[c] = value(reference, seen[c]);
                input[3 + c] = masked ? 0.0f : value(surroundings, around[c]);
            }
        }
    }
}

} // namespace lipsync::training

// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/heard_features.h"

#include "training/mel_augmentation.h"

#include <algorithm>

namespace lipsync::training {

namespace {

constexpr int kFeature = nn::kAudioFeatureSize;
constexpr int kWindow = nn::kMelBands * nn::kMelWindowColumns;

} // namespace

int melWindowColumn(int window)
{
    return window * 16 / 5;
}

void copyMelWindow(std::span<const float> mel, int window, float* out)
{
    const float* columns = mel.data() + static_cast<std::ptrdiff_t>(melWindowColumn(window)) * nn::kMelBands;
    for (int band = 0; band < nn::kMelBands; ++band) {
        for (int t = 0; t < nn::kMelWindowColumns; ++t)
            *out++ = columns[t * nn::kMelBands + band];
    }
}

Result<HeardFeatures> HeardFeatures::hear(nn::AudioEncoder& encoder, std::span<const float> mel, int windows,
                                          int augmentedWays, std::mt19937& random)
{
    HeardFeatures heard;
    for (int way = 0; way <= augmentedWays; ++way) {
        std::vector<float> changed(mel.begin(), mel.end());
        if (way > 0)
            augmentMel(changed, random);
        auto table = encode(encoder, changed, windows);
        if (!table)
            return failure(table);
        heard.m_tables.push_back(std::move(*table));
    }
    return heard;
}

Result<HeardFeatures::Table> HeardFeatures::encode(nn::AudioEncoder& encoder, std::span<const float> mel, int windows)
{
    constexpr int kBatch = 32;
    Table table(static_cast<std::size_t>(windows + 1) * kFeature);
    std::vector<float> input(static_cast<std::size_t>(kBatch) * kWindow);
    for (int first = 0; first < windows; first += kBatch) {
        const int count = std::min(kBatch, windows - first);
        for (int i = 0; i < count; ++i)
            copyMelWindow(mel, first + i, input.data() + static_cast<std::ptrdiff_t>(i) * kWindow);
        const auto encoded = encoder.encode(std::span(input).first(static_cast<std::size_t>(count) * kWindow), count,
                                            std::span(table).subspan(static_cast<std::size_t>(first + 1) * kFeature,
                                                                     static_cast<std::size_t>(count) * kFeature));
        if (!encoded)
            return failure(encoded);
    }
    std::copy_n(table.begin() + kFeature, kFeature, table.begin());
    return table;
}

void HeardFeatures::copyWindow(int way, int frame, float* out) const
{
    const auto& table = m_tables[static_cast<std::size_t>(way)];
    for (int row = frame - kFeatureRowsBefore; row < frame - kFeatureRowsBefore + kFeatureRows;
         ++row, out += kFeature) {
        if (row < 0 || row >= rows())
            std::fill_n(out, kFeature, 0.0f);
        else
            std::copy_n(table.begin() + static_cast<std::ptrdiff_t>(row) * kFeature, kFeature, out);
    }
}

} // namespace lipsync::training

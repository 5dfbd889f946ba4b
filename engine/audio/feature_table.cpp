// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/feature_table.h"

#include "audio/mel_filter_bank.h"

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

namespace lipsync::audio {

namespace {

/// A table may be this much shorter or longer than its sound: feature networks lose or add frames at the ends.
constexpr double kTolerance = 0.02;
constexpr double kToleratedSeconds = 0.6;

} // namespace

Result<std::unique_ptr<FeatureTable>> FeatureTable::create(NpyArray table, const FeatureTableOptions& options)
{
    const auto& shape = table.shape;
    std::size_t perRow = shape.size() < 2 ? 0 : 1;
    for (std::size_t i = 1; i < shape.size(); ++i)
        perRow *= shape[i];
    const bool fits = perRow > 0 && options.featureSize > 0 && options.featureSize % perRow == 0;
    const std::size_t rows = fits ? shape[0] / (options.featureSize / perRow) : 0;
    if (rows == 0) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The features are an array of [{}]; this network needs one row of {} numbers a "
                                   "frame.",
                                   fmt::join(shape, ", "), options.featureSize));
    }
    if (!std::ranges::all_of(table.values, [](float value) { return std::isfinite(value); }))
        return failure(ErrorCode::InvalidInput, "The features hold numbers that are not finite.");
    return std::unique_ptr<FeatureTable>(new FeatureTable(std::move(table.values), rows, options));
}

FeatureTable::FeatureTable(std::vector<float> values, std::size_t rows, const FeatureTableOptions& options)
    : m_values(std::move(values))
    , m_rows(rows)
    , m_options(options)
{
}

Status FeatureTable::push(std::span<const float>)
{
    if (m_finished)
        return failure(ErrorCode::Usage, "Sound was appended to a voice that had ended. Start a new one.");
    return {};
}

Status FeatureTable::finish()
{
    m_finished = true;
    return {};
}

std::optional<std::size_t> FeatureTable::frameCount() const
{
    return m_rows;
}

Status FeatureTable::window(std::size_t frame, std::span<float> out) const
{
    const auto size = m_options.featureSize;
    if (auto checked = checkWindow(frame, m_rows, out.size(), m_options.windowRows * size); !checked)
        return checked;
    const std::size_t before = m_options.windowRows / 2;
    for (std::size_t i = 0; i < m_options.windowRows; ++i) {
        const auto target = out.subspan(i * size, size);
        if (frame + i < before || frame + i - before >= m_rows)
            std::ranges::fill(target, 0.0F);
        else
            std::copy_n(m_values.begin() + static_cast<std::ptrdiff_t>((frame + i - before) * size), size,
                        target.begin());
    }
    return {};
}

Result<std::size_t> FeatureTable::framesOf(std::size_t samples) const
{
    const double voice = static_cast<double>(samples) / kMelSampleRate;
    const double table = static_cast<double>(m_rows) / m_options.framesPerSecond;
    if (std::abs(voice - table) > kToleratedSeconds + kTolerance * voice) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The features are of {:.1f} s of sound, but the voice has {:.1f} s: they are not of "
                                   "this voice.",
                                   table, voice));
    }
    return m_rows;
}

} // namespace lipsync::audio

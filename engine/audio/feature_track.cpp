// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/feature_track.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace lipsync::audio {
namespace {

constexpr double kColumnsPerSecond = static_cast<double>(kMelSampleRate) / kMelHop;
constexpr std::size_t kMelWindowElements = kMelBandCount * kMelWindowColumns;

/// Samples that give exactly 16 mel columns.
constexpr std::size_t kShortestSound = (kMelWindowColumns - 1) * kMelHop;

/// Sound is taken in pieces of a second, so that mel columns of a long voice never pile up.
constexpr std::size_t kPieceSamples = kMelSampleRate;

static_assert(kMelBandCount == nn::kMelBands && kMelWindowColumns == nn::kMelWindowColumns &&
              kFeatureSize == nn::kAudioFeatureSize);

} // namespace

std::size_t melWindowCount(std::size_t columns, double framesPerSecond)
{
    const std::size_t usable = std::max(columns, kMelWindowColumns) - kMelWindowColumns;
    return static_cast<std::size_t>(static_cast<double>(usable) / kColumnsPerSecond * framesPerSecond) + 2;
}

std::size_t melWindowStart(std::size_t window, double framesPerSecond)
{
    return static_cast<std::size_t>(kColumnsPerSecond * (static_cast<double>(window) / framesPerSecond));
}

std::size_t melWindowStartWithin(std::size_t columns, std::size_t window, double framesPerSecond)
{
    assert(columns >= kMelWindowColumns);
    return std::min(melWindowStart(window, framesPerSecond), columns - kMelWindowColumns);
}

std::size_t videoFrameCount(std::size_t samples, double framesPerSecond)
{
    return melWindowCount(melColumnCount(samples), framesPerSecond) + 2;
}

FeatureTrack::FeatureTrack(FeatureEncoder encoder, FeatureTrackOptions options)
    : m_encoder(std::move(encoder))
    , m_options(options)
    , m_mel(options.padding)
{
    if (!m_encoder || m_options.encodeBatch < 1 || !std::isfinite(m_options.framesPerSecond) ||
        m_options.framesPerSecond <= 0.0 || m_options.windowRows < 2) {
        m_failure = Error{
            ErrorCode::Usage, "Audio features need an encoder, a batch of 1 or more and a frame rate above 0.", {}};
        return;
    }
    const auto batch = static_cast<std::size_t>(m_options.encodeBatch);
    m_melWindows.resize(batch * kMelWindowElements);
    m_groupFeatures.resize(batch * kFeatureSize);
}

Status FeatureTrack::push(std::span<const float> samples)
{
    if (m_finished)
        return failure(ErrorCode::Usage, "Sound was appended to a voice that had ended. Start a new one.");
    while (!m_failure && !samples.empty()) {
        const auto piece = samples.first(std::min(samples.size(), kPieceSamples));
        samples = samples.subspan(piece.size());
        m_mel.push(piece);
        m_sampleCount += piece.size();
        if (auto advanced = advance(); !advanced)
            m_failure = advanced.error();
    }
    if (m_failure)
        return tl::unexpected<Error>(*m_failure);
    return {};
}

Status FeatureTrack::finish()
{
    if (m_sampleCount < kShortestSound && !m_finished) {
        const std::vector<float> silence(kShortestSound - m_sampleCount);
        if (auto extended = push(silence); !extended)
            return extended;
    }
    if (!m_finished && !m_failure) {
        m_mel.finish();
        if (auto advanced = advance(); !advanced)
            m_failure = advanced.error();
        m_finished = !m_failure;
    }
    if (m_failure)
        return tl::unexpected<Error>(*m_failure);
    return {};
}

/// Windows that can be encoded now. Before the end only those that no end can shift or leave out.
std::size_t FeatureTrack::completeWindows() const
{
    if (m_mel.finished())
        return melWindowCount(m_mel.columns(), m_options.framesPerSecond);
    if (m_mel.columns() < kMelWindowColumns)
        return 0;
    const std::size_t certain = melWindowCount(m_mel.columns(), m_options.framesPerSecond);
    std::size_t complete = m_features.size();
    while (complete < certain &&
           melWindowStart(complete, m_options.framesPerSecond) + kMelWindowColumns <= m_mel.columns())
        ++complete;
    return complete;
}

Status FeatureTrack::advance()
{
    const auto batch = static_cast<std::size_t>(m_options.encodeBatch);
    const std::size_t complete = completeWindows();
    while (m_features.size() + batch <= complete) {
        if (auto encoded = encodeGroup(batch); !encoded)
            return encoded;
    }
    if (m_mel.finished() && m_features.size() < complete)
        return encodeGroup(complete - m_features.size());
    m_mel.discardBefore(windowStart(m_features.size()));
    return {};
}

std::size_t FeatureTrack::windowStart(std::size_t window) const
{
    // The last windows take the last columns, however far a later window would start.
    const std::size_t columns = std::max(m_mel.columns(), kMelWindowColumns);
    return melWindowStartWithin(columns, window, m_options.framesPerSecond);
}

Status FeatureTrack::encodeGroup(std::size_t count)
{
    const auto first = m_features.size();
    const std::span<float> windows(m_melWindows);
    for (std::size_t i = 0; i < count; ++i)
        copyMelWindow(first + i, windows.subspan(i * kMelWindowElements, kMelWindowElements));
    // An incomplete last group is filled up, since a convolution's last bits may depend on its batch.
    std::ranges::fill(windows.subspan(count * kMelWindowElements), 0.0F);
    if (auto encoded = m_encoder(m_melWindows, m_options.encodeBatch, m_groupFeatures); !encoded)
        return encoded;
    for (std::size_t i = 0; i < count; ++i) {
        const auto feature = std::span<const float>(m_groupFeatures).subspan(i * kFeatureSize, kFeatureSize);
        std::ranges::copy(feature, m_features.emplace_back().begin());
    }
    return {};
}

void FeatureTrack::copyMelWindow(std::size_t window, std::span<float> out) const
{
    const std::size_t start = windowStart(window);
    for (std::size_t column = 0; column < kMelWindowColumns; ++column) {
        const auto bands = m_mel.column(start + column);
        for (std::size_t band = 0; band < kMelBandCount; ++band)
            out[band * kMelWindowColumns + column] = bands[band];
    }
}

std::size_t FeatureTrack::readyFrames() const
{
    const std::size_t rows = featureRows();
    if (m_finished)
        return rows;
    const std::size_t after = m_options.windowRows / 2 - 1;
    return rows > after ? rows - after : 0;
}

std::optional<std::size_t> FeatureTrack::frameCount() const
{
    if (!m_finished)
        return {};
    return featureRows();
}

Status FeatureTrack::window(std::size_t frame, std::span<float> out) const
{
    if (auto checked = checkWindow(frame, readyFrames(), out.size(), m_options.windowRows * kFeatureSize); !checked)
        return checked;
    const std::size_t before = m_options.windowRows / 2;
    for (std::size_t i = 0; i < m_options.windowRows; ++i) {
        const auto target = out.subspan(i * kFeatureSize, kFeatureSize);
        if (frame + i < before || frame + i - before >= featureRows())
            std::ranges::fill(target, 0.0F);
        else
            std::ranges::copy(feature(frame + i - before), target.begin());
    }
    return {};
}

Result<std::size_t> FeatureTrack::framesOf(std::size_t samples) const
{
    return videoFrameCount(samples, m_options.framesPerSecond);
}

std::size_t FeatureTrack::featureRows() const
{
    if (m_features.empty())
        return 0;
    return m_features.size() + (m_finished ? 2 : 1);
}

std::span<const float> FeatureTrack::feature(std::size_t row) const
{
    assert(row < featureRows());
    // Rows 0 and 1 are both the first feature, the last two both the last.
    const std::size_t index = row == 0 ? 0 : std::min(row - 1, m_features.size() - 1);
    return m_features[index];
}

} // namespace lipsync::audio

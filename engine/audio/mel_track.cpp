// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/mel_track.h"

#include "audio/feature_track.h"

#include <algorithm>
#include <vector>

namespace lipsync::audio {

namespace {

constexpr double kColumnsPerSecond = static_cast<double>(kMelSampleRate) / kMelHop;
constexpr std::size_t kWindowElements = kMelBandCount * kMelWindowColumns;
constexpr std::size_t kPieceSamples = kMelSampleRate; ///< taken at once, so that the mel's own buffers stay small

/// Samples that give exactly 16 mel columns.
constexpr std::size_t kShortestSound = (kMelWindowColumns - 1) * kMelHop;

/// The division comes first here, unlike in melWindowStart().
std::size_t startOf(std::size_t frame, double framesPerSecond)
{
    return static_cast<std::size_t>(static_cast<double>(frame) * (kColumnsPerSecond / framesPerSecond));
}

} // namespace

std::size_t melFrameCount(std::size_t columns, double framesPerSecond)
{
    // Found from a guess that is one or two too low, since the exact frame depends on rounding.
    const std::size_t usable = std::max(columns, kMelWindowColumns) - kMelWindowColumns;
    const double guess = static_cast<double>(usable) * framesPerSecond / kColumnsPerSecond - 2;
    auto frame = static_cast<std::size_t>(std::max(0.0, guess));
    while (startOf(frame, framesPerSecond) <= usable)
        ++frame;
    return frame + 1;
}

MelTrack::MelTrack(double framesPerSecond, StftPadding padding)
    : m_framesPerSecond(framesPerSecond)
    , m_mel(padding)
{
}

Status MelTrack::push(std::span<const float> samples)
{
    if (m_mel.finished())
        return failure(ErrorCode::Usage, "Sound was appended to a voice that had ended. Start a new one.");
    while (!samples.empty()) {
        const auto piece = samples.first(std::min(samples.size(), kPieceSamples));
        samples = samples.subspan(piece.size());
        m_mel.push(piece);
        m_sampleCount += piece.size();
    }
    advance();
    return {};
}

Status MelTrack::finish()
{
    if (m_mel.finished())
        return {};
    if (m_sampleCount < kShortestSound)
        m_mel.push(std::vector<float>(kShortestSound - m_sampleCount));
    m_mel.finish();
    m_ready = melFrameCount(m_mel.columns(), m_framesPerSecond);
    return {};
}

void MelTrack::advance()
{
    while (startOf(m_ready, m_framesPerSecond) + kMelWindowColumns <= m_mel.columns())
        ++m_ready;
}

std::optional<std::size_t> MelTrack::frameCount() const
{
    if (!finished())
        return {};
    return m_ready;
}

Status MelTrack::window(std::size_t frame, std::span<float> out) const
{
    if (auto checked = checkWindow(frame, m_ready, out.size(), kWindowElements); !checked)
        return checked;
    const auto start = std::min(startOf(frame, m_framesPerSecond), m_mel.columns() - kMelWindowColumns);
    for (std::size_t column = 0; column < kMelWindowColumns; ++column) {
        const auto bands = m_mel.column(start + column);
        for (std::size_t band = 0; band < kMelBandCount; ++band)
            out[band * kMelWindowColumns + column] = bands[band];
    }
    return {};
}

Result<std::size_t> MelTrack::framesOf(std::size_t samples) const
{
    return melFrameCount(melColumnCount(samples), m_framesPerSecond);
}

} // namespace lipsync::audio

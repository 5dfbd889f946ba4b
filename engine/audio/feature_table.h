// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audio/window_track.h"
#include "base/npy.h"

#include <memory>
#include <vector>

namespace lipsync::audio {

/// How a network reads a feature table.
struct FeatureTableOptions {
    std::size_t featureSize = 0; ///< numbers of a frame's row
    std::size_t windowRows = 16; ///< rows of a window, half of them before the frame's own
    double framesPerSecond = 25.0;
};

/// A voice whose features (hubert, wenet) were computed elsewhere: row i belongs to frame i, and a frame hears the rows
/// around it, zeros outside of the table (specification sections 1.9 and 4.3). What is pushed only tells the length.
class FeatureTable final : public WindowTrack {
public:
    /// `table` is rows × anything of featureSize numbers; several rows may make one, as hubert's two of 1024 do.
    /// InvalidInput when it is not of that network.
    static Result<std::unique_ptr<FeatureTable>> create(NpyArray table, const FeatureTableOptions& options);

    Status push(std::span<const float> samples) override;
    Status finish() override;
    bool finished() const override { return m_finished; }
    std::size_t readyFrames() const override { return m_rows; }
    std::optional<std::size_t> frameCount() const override;
    /// `out`: windowRows × featureSize floats.
    Status window(std::size_t frame, std::span<float> out) const override;
    /// As many as the table has rows. InvalidInput when that is another length than the sound's.
    Result<std::size_t> framesOf(std::size_t samples) const override;

private:
    FeatureTable(std::vector<float> values, std::size_t rows, const FeatureTableOptions& options);

    const std::vector<float> m_values;
    const std::size_t m_rows;
    const FeatureTableOptions m_options;
    bool m_finished = false;
};

} // namespace lipsync::audio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audio/mfcc.h"
#include "base/error.h"
#include "nn/syncnet.h"
#include "scoring/sync_distances.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace lipsync::scoring {

inline constexpr double kSyncFrameRate = 25.0; ///< frames a second, the only one SyncNet knows
inline constexpr int kWav2LipReach = 15; ///< shifts tried by Wav2Lip's evaluation, whose figures papers give
inline constexpr int kSyncNetReach = 10; ///< shifts tried by SyncNet's own demonstration

/// Reads SyncNet's weights from a file of the operator. InvalidInput when they are of another network.
Result<std::unique_ptr<nn::SyncNet>> openSyncNet(const std::filesystem::path& file, const nn::RunOptions& options);

/// LSE-D and LSE-C of a face video at 25 frames a second, frame by frame. Source: lipsync-models specification,
/// section 6.1. One thread.
class SyncMeter {
public:
    /// `speech`: 16 kHz mono, sample 0 at the start of frame 0. The network must outlive the meter.
    SyncMeter(nn::SyncNet& network, std::span<const float> speech, int reach = kWav2LipReach);

    /// The next frame: a BGR picture of the face, of any size; it is made 224 × 224 as the original does. Frames beyond
    /// the end of the sound are passed over.
    Status add(const cv::Mat& face);

    /// The score of all frames but the last five, which the original leaves out as well; nothing when none is left.
    Result<std::optional<SyncScore>> finish();

private:
    Status measure(int clips);

    nn::SyncNet& m_network;
    const audio::Mfcc m_mfcc;
    const std::vector<std::int16_t> m_sound;
    SyncDistances m_distances;
    std::vector<std::uint8_t> m_pictures; ///< of the frames not measured yet, 224 × 224 × 3 each
    int m_waiting = 0; ///< frames in m_pictures
    std::int64_t m_frames = 0; ///< that arrived
    std::int64_t m_measured = 0;
    std::vector<float> m_columns, m_lipPoints, m_soundPoints; ///< of one batch
};

} // namespace lipsync::scoring

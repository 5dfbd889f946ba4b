// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/generator.h"
#include "nn/weight_set.h"

#include <cstdint>
#include <memory>
#include <span>

namespace lipsync::nn {

inline constexpr int kSyncPictureSize = 224; ///< side of the pictures SyncNet sees
inline constexpr int kSyncClipFrames = 5; ///< frames it sees at once
inline constexpr int kSyncSoundColumns = 20; ///< MFCC columns it hears with them (0.2 s)
inline constexpr int kSyncSoundRows = 13; ///< numbers of one column
inline constexpr int kSyncEmbedding = 1024; ///< numbers that stand for a clip or for its sound

/// SyncNet v2 (Chung and Zisserman, "Out of time", 2016): maps five frames of a face, and the sound of 0.2 s, to points
/// that lie close to each other when they belong together. Only measures; its weights (`syncnet_v2.model` of the
/// syncnet_python project) are the operator's own. Source: lipsync-models specification, section 6.1.
/// One thread at a time.
class SyncNet {
public:
    /// InvalidInput names missing, extra or misshapen tensors; names are those of `syncnet_v2.model`.
    static Result<std::unique_ptr<SyncNet>> create(const WeightSet& weights, const RunOptions& options = {});
    ~SyncNet();

    /// Every run of five frames: `pictures` is (clips + 4) × 224 × 224 × 3 bytes B,G,R, rows first, used as they are
    /// (0 … 255); `points`: clips × 1024 floats.
    Status seePictures(std::span<const std::uint8_t> pictures, int clips, std::span<float> points);

    /// `columns`: clips × 13 × 20 floats, each clip row by row; `points`: clips × 1024 floats.
    Status hearSound(std::span<const float> columns, int clips, std::span<float> points);

private:
    SyncNet();
    struct Network;
    std::unique_ptr<Network> m_network;
};

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/synctalk2d.h"
#include "training/speaker_batches.h"

#include <functional>

#include <opencv2/core/mat.hpp>

namespace lipsync::training {

/// How near held-out mouths came to the truth, in decibels; means over pairs of a held-out frame and a template frame.
struct MouthQuality {
    double trained = 0; ///< mouth PSNR of what the network draws
    double shown = 0; ///< of the template frame's own mouth, as it is without any network
    double picture = 0; ///< PSNR of all that the network draws, mask and border
    double gain() const { return trained - shown; }
};

/// Judges a generator on the held-out stretch: a training frame is the template, its mouth is redrawn to the sound of a
/// held-out frame, and the result is compared with that frame inside the mouth's box. The truth is never shown to the
/// network. Bytes are compared, truncated as in rendering. What it is given must outlive it.
class SpeakerJudge {
public:
    SpeakerJudge(const SpeakerClip& clip, const FrameSplit& split, const SpeakerBatches& batches, torch::Device device,
                 int mostPairs);

    /// The generator must be in eval mode. `maskTruth`: with the pose of the truth around the mouth instead of the
    /// template's, as in training; the template frame is the reference all the same.
    MouthQuality judge(nn::SyncTalk2D& generator, bool maskTruth = false) const;

    /// Share of held-out faces that `agree` finds nearer to their own sound than to that of another moment; it gets
    /// faces (B×3×S×S) and both windows, and gives B numbers above 0 where it is right.
    double syncShare(const std::function<torch::Tensor(const SpeakerBatch&)>& agree) const;

    /// A few held-out frames for a person, one a row: truth, template and what the network draws.
    cv::Mat picture(nn::SyncTalk2D& generator) const;

    /// From now on hears the frames' voice this way (B×32×16×16 of B frames) instead of as it was heard beforehand.
    void hearWith(std::function<torch::Tensor(const std::vector<int>& frames)> hear) { m_hear = std::move(hear); }

    int pairs() const { return static_cast<int>(m_pairs.size()); }

private:
    torch::Tensor draw(nn::SyncTalk2D& generator, const SpeakerBatch& batch) const;

    const SpeakerClip& m_clip;
    const SpeakerBatches& m_batches;
    const torch::Device m_device;
    std::function<torch::Tensor(const std::vector<int>& frames)> m_hear;
    std::vector<FramePair> m_pairs;
    std::vector<int> m_held; ///< held-out frames that have pictures, spread evenly
};

} // namespace lipsync::training

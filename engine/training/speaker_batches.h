// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/torch_compat.h"
#include "training/frame_split.h"
#include "training/heard_features.h"
#include "training/speaker_clip.h"

#include <random>
#include <span>
#include <vector>

namespace lipsync::training {

/// Pictures of a batch with their sound.
struct SpeakerBatch {
    torch::Tensor pictures; ///< B×6×S×S, channels last
    torch::Tensor targets; ///< B×3×S×S, channels last
    torch::Tensor weights; ///< B×1×S×S: what counts more
    torch::Tensor windows; ///< B×32×16×16
    torch::Tensor strangeWindows; ///< the same of other moments of the clip
    std::vector<int> frames; ///< whose truth it is

    SpeakerBatch to(const torch::Device& device) const;
};

/// A frame and the frame whose picture stands for it until the mouth is redrawn.
struct FramePair {
    int truth = 0;
    int shown = 0;
};

/// Makes batches of a speaker's clip. What it is given must outlive it. One thread.
class SpeakerBatches {
public:
    SpeakerBatches(const SpeakerClip& clip, const FrameSplit& split, const HeardFeatures& heard,
                   nn::GeneratorKind kind);

    /// Random training frames, each with a random other one as reference, which often also is what stands around the mask,
    /// as in rendering, where it fits: so the surroundings do not tell the mouth. Shifted by up to kPictureMargin pixels,
    /// lighter or darker; heard in a random way, with noise and now and then a shorter past
    /// or future. Only `random` decides.
    SpeakerBatch draw(int count, std::mt19937& random) const;

    /// Given frames as they are. The picture under the mask is `shown`'s, as when the avatar is rendered with it, or
    /// that of the truth itself, as in training.
    SpeakerBatch arrange(std::span<const FramePair> pairs, bool maskTruth) const;

    /// Training frames that have a picture.
    const std::vector<int>& trainingFrames() const { return m_frames; }

private:
    SpeakerBatch emptyBatch(int count) const;
    /// A frame to redraw, whether it also stands around the mask, and where the truth's head is against it.
    struct Reference {
        int frame;
        bool surrounds;
        cv::Point shift;
    };
    Reference drawReference(int frame, std::mt19937& random) const;
    int anyFrame(std::mt19937& random) const;
    void changeWindow(float* window, std::mt19937& random) const;
    void weigh(int frame, int dx, int dy, torch::Tensor weights) const;

    const SpeakerClip& m_clip;
    const HeardFeatures& m_heard;
    const nn::GeneratorKind m_kind;
    std::vector<int> m_frames;
    float m_featureScale = 1; ///< standard deviation of the features
    torch::Tensor m_border; ///< 1×S×S
};

} // namespace lipsync::training

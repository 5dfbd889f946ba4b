// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/encoder_lesson.h"

#include <algorithm>

namespace lipsync::training {

namespace {

constexpr int kFewestRun = 12; ///< frames of a stretch worth learning from

/// The three numbers of a pose (see kPoseNumbers) as a shape of landmarks has them.
std::array<float, kPoseNumbers> poseOf(const MouthShape& shape)
{
    return {std::clamp(shape.openness / 0.8f, 0.0f, 1.0f), std::clamp((shape.width - 0.75f) * 2, 0.0f, 1.0f),
            std::clamp((1 - shape.width) * 4, 0.0f, 1.0f)};
}

/// Sound and poses of a stretch of the clip.
TrainingClip cut(const SpeakerClip& clip, int first, int frames)
{
    TrainingClip part;
    part.frames = frames;
    const auto from = static_cast<std::ptrdiff_t>(first) * 16 / 5 * 80;
    const auto columns =
        std::min<std::ptrdiff_t>(frames * 16 / 5 + 16, static_cast<std::ptrdiff_t>(clip.mel.size()) / 80 - from / 80);
    part.melColumns = static_cast<int>(columns);
    part.mel.assign(clip.mel.begin() + from, clip.mel.begin() + from + columns * 80);
    for (int i = first; i < first + frames; ++i) {
        const auto pose = poseOf(clip.shapes[static_cast<std::size_t>(i)]);
        part.poses.insert(part.poses.end(), pose.begin(), pose.end());
    }
    return part;
}

} // namespace

Result<nn::WeightSet> teachEncoder(const StageContext& context, const SpeakerClip& clip, const FrameSplit& split,
                                   int steps)
{
    TrainingSet set;
    const int before = split.heldFirst - split.gap, after = split.heldFirst + split.heldCount + split.gap;
    if (before >= kFewestRun)
        set.training.push_back(cut(clip, 0, before));
    if (clip.frames - after >= kFewestRun)
        set.training.push_back(cut(clip, after, clip.frames - after));
    set.validation.push_back(cut(clip, split.heldFirst, split.heldCount));
    TrainingOptions options;
    options.output = context.folder;
    options.encoderSteps = steps;
    options.validateEvery = std::max(1, steps / 4);
    const TrainingContext lesson{context, options, set};
    if (auto taught = trainAudioEncoder(lesson); !taught)
        return failure(taught);
    return nn::readSafetensors(context.folder / "audio_encoder.safetensors");
}

} // namespace lipsync::training

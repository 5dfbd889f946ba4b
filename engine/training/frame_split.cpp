// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/frame_split.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lipsync::training {

namespace {

constexpr double kHeldShare = 0.15;
constexpr int kFewestHeld = 8, kMostHeld = 375;
constexpr int kFewestGap = 4, kMostGap = 25;
constexpr int kGapShare = 25; ///< one frame of a gap for so many of the clip

} // namespace

FrameSplit splitFrames(std::span<const std::uint8_t> speaking)
{
    const int frames = static_cast<int>(speaking.size());
    FrameSplit split;
    split.heldCount = std::clamp(static_cast<int>(std::lround(kHeldShare * frames)), kFewestHeld, kMostHeld);
    split.gap = std::clamp(frames / kGapShare, kFewestGap, kMostGap);

    const int all = std::accumulate(speaking.begin(), speaking.end(), 0);
    int heard = std::accumulate(speaking.end() - split.heldCount, speaking.end(), 0);
    int best = -1;
    for (int first = frames - split.heldCount; first >= 0; --first) {
        if (heard > best) {
            best = heard;
            split.heldFirst = first;
        }
        if (static_cast<std::int64_t>(heard) * frames >= static_cast<std::int64_t>(all) * split.heldCount)
            break; // as much speech as in the whole clip
        if (first > 0)
            heard += speaking[static_cast<std::size_t>(first - 1)] -
                speaking[static_cast<std::size_t>(first - 1 + split.heldCount)];
    }
    for (int frame = 0; frame < frames; ++frame) {
        if (frame < split.heldFirst - split.gap || frame >= split.heldFirst + split.heldCount + split.gap)
            split.training.push_back(frame);
    }
    return split;
}

} // namespace lipsync::training

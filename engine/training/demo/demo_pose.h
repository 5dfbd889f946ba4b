// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::training {

/// What the demo character's mouth does at one moment; every number lies in 0..1.
struct MouthPose {
    float open = 0.0f; ///< distance between the lips
    float width = 0.4f; ///< corners drawn apart (as in "ee")
    float round = 0.0f; ///< lips rounded and pushed forward (as in "oo")
};

} // namespace lipsync::training

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "scoring/landmark_finder.h"

namespace lipsync::scoring {

/// Finders that follow a face with faces::FaceTracker and share one landmark model, which is loaded here. InvalidInput
/// when this machine has none.
Result<LandmarkFinders> trackedLandmarks();

} // namespace lipsync::scoring

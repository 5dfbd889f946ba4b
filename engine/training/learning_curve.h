// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <span>
#include <vector>

namespace lipsync::training {

/// What a validation found.
struct CurvePoint {
    double step = 0;
    double seconds = 0; ///< of training so far
    double loss = 0; ///< running mean of the training loss
    double mouth = 0; ///< mouth PSNR on held-out frames, dB
    double shown = 0; ///< that of the template frames' own mouths, dB
    double sync = 0; ///< share of held-out faces the sync scorer is right about
};

/// Writes curves.csv and curves.png (mouth PSNR against the template's, and the loss) into `folder`, replacing them.
Status writeCurves(const std::filesystem::path& folder, std::span<const CurvePoint> points);

} // namespace lipsync::training

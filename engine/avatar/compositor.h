// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_manifest.h"
#include "avatar/template_frames.h"
#include "base/error.h"
#include "nn/network_spec.h"

#include <cstdint>
#include <memory>
#include <span>

#include <opencv2/core/mat.hpp>

namespace lipsync::avatar {

/// How the network's picture is put back into the template frame.
enum class PasteMode {
    Feathered, ///< only inside the mouth mask, fading out towards its border, colours matched there
    Exact, ///< the reference's hard paste of the whole crop (section 1.12), byte for byte
};

/// Puts redrawn mouths into template frames. Any thread; threads may share one.
class Compositor {
public:
    /// The crop goes back with the interpolation it came with (area, which is for shrinking, goes back linear).
    Compositor(const nn::GeneratorSpec& network, CropResize cropResize, PasteMode mode);
    ~Compositor();
    Compositor(const Compositor&) = delete;
    Compositor& operator=(const Compositor&) = delete;

    /// `networkPicture`: pictureSize² × 3 bytes B,G,R as Generator::run() gives them. `fullFrame` becomes the whole
    /// frame with the mouth; its memory is reused when it already has the frame's size. Usage when sizes do not fit.
    Status paste(const TemplateFrame& frame, std::span<const std::uint8_t> networkPicture, cv::Mat& fullFrame) const;

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::avatar

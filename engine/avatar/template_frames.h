// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "avatar/crop_rectangle.h"
#include "base/error.h"
#include "nn/template_crops.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <opencv2/core/mat.hpp>

namespace lipsync::avatar {

/// Frames decoded and kept together; template.mp4 is written with a key frame at each multiple of it, so that a clip
/// can be played backwards while every frame is decoded once a pass.
inline constexpr int kTemplateBlockFrames = 12;

/// One decoded frame of the template clip. Its pictures are shared between threads: read them, never write.
struct TemplateFrame {
    int index = 0;
    cv::Mat picture; ///< the whole frame, BGR bytes
    CropRectangle rectangle;
    cv::Mat crop; ///< the rectangle resized to cropSize × cropSize, BGR bytes (section 1.11); lies in `crops`
    std::shared_ptr<const nn::TemplateCrops> crops; ///< owner of the crop's bytes
};

/// How many bytes of decoded pictures may be kept, and with how many threads the video is decoded.
struct TemplateFramesOptions {
    std::size_t memoryBudgetBytes = std::size_t{320} << 20; ///< at least one block is kept whatever the budget
    int decodeThreads = 1;
};

/// Decoding work done so far, for tests and status displays.
struct TemplateFramesStatistics {
    std::int64_t decodedFrames = 0;
    std::size_t keptBytes = 0; ///< of pictures
};

/// The frames of an avatar's template clip, decoded in blocks on demand; the least recently used blocks are dropped
/// beyond the budget, and a clip that fits is decoded only once. Crops are made once and stay. Any thread.
class TemplateFrames {
public:
    using Options = TemplateFramesOptions;

    static Result<std::shared_ptr<TemplateFrames>> open(std::shared_ptr<const AvatarPackage> package,
                                                        const Options& options = {});
    ~TemplateFrames();

    const AvatarPackage& package() const;

    /// Frame 0 … frameCount − 1 of the template; decodes when it is not at hand. The caller may keep it for as long
    /// as it likes. Usage for an index outside the clip, InvalidInput when the video cannot be decoded. Afterwards the
    /// frame's crop is written in crops().
    Result<std::shared_ptr<const TemplateFrame>> frame(int index);

    /// The crops of the frames that were asked for so far, for all workers. May outlive this.
    std::shared_ptr<const nn::TemplateCrops> crops() const;

    TemplateFramesStatistics statistics() const;

private:
    class Impl;
    explicit TemplateFrames(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Copies what the network sees of a frame: the crop without the border of its profile, rows first, B,G,R bytes.
/// `out` holds GeneratorSpec::pictureBytes().
void copyNetworkPicture(const TemplateFrame& frame, const nn::GeneratorSpec& network, std::span<std::uint8_t> out);

} // namespace lipsync::avatar

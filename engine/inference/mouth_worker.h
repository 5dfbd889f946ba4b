// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "avatar/template_frames.h"
#include "nn/generator.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace lipsync::inference {

/// One mouth to redraw: the template frame it belongs to and the sound around it.
struct MouthJob {
    std::int64_t frame = 0; ///< output frame
    std::shared_ptr<const avatar::TemplateFrame> templateFrame;
    std::vector<float> window; ///< GeneratorSpec::audioElements() floats
};

/// Runs batches of mouths through an avatar's generator on the calling thread. One thread at a time.
class MouthWorker {
public:
    /// Loads the generator of the avatar and runs it once, so that the first batch is as fast as the others.
    static Result<std::unique_ptr<MouthWorker>> create(const avatar::AvatarPackage& package,
                                                       const nn::RunOptions& options);

    const nn::GeneratorSpec& spec() const { return m_generator->spec(); }

    /// Redraws `jobs`; the result holds GeneratorSpec::pictureBytes() for each, in order, and stays valid until the
    /// next call.
    Result<std::span<const std::uint8_t>> run(std::span<const MouthJob> jobs);

    /// Bytes of one picture of a result.
    std::size_t pictureBytes() const { return spec().pictureBytes(); }

private:
    explicit MouthWorker(std::unique_ptr<nn::Generator> generator)
        : m_generator(std::move(generator))
    {
    }

    std::unique_ptr<nn::Generator> m_generator;
    std::vector<std::uint8_t> m_pictures; ///< gathered inputs, reused
    std::vector<float> m_windows;
    std::vector<std::uint8_t> m_output;
};

} // namespace lipsync::inference

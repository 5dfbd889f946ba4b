// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "media/audio_decoder.h"

#include <cstdint>
#include <filesystem>
#include <memory>

#include <opencv2/core/mat.hpp>

namespace lipsync::media {

/// Writes pictures as frame-000000.png, frame-000001.png, … in a folder, lossless, each marked as synthetic media by
/// an XMP packet (see kSyntheticSourceType). Everything goes to `folder.part`, which finish() renames; without
/// finish() the destructor removes it. One thread at a time.
class PictureSequenceWriter {
public:
    /// InvalidInput when `folder` exists and may not be replaced; Resource when it cannot be created.
    /// Replacing is refused for a folder that holds anything but frame-*.png.
    static Result<std::unique_ptr<PictureSequenceWriter>> create(const std::filesystem::path& folder,
                                                                 bool overwrite = false, bool markSynthetic = true);
    /// Goes on with what an earlier run left in `folder.part`: pictures() of them are whole, what follows is written
    /// anew. Neither failures nor the destructor remove anything.
    static Result<std::unique_ptr<PictureSequenceWriter>> resume(const std::filesystem::path& folder, bool overwrite,
                                                                 bool markSynthetic);

    ~PictureSequenceWriter();
    PictureSequenceWriter(const PictureSequenceWriter&) = delete;
    PictureSequenceWriter& operator=(const PictureSequenceWriter&) = delete;

    /// Pictures that are written.
    std::int64_t pictures() const;
    /// The folder until it gets its name.
    const std::filesystem::path& part() const;

    /// Appends one picture of BGR bytes (CV_8UC3). Resource, and nothing left behind, when the disk is full.
    Status write(const cv::Mat& bgr);

    /// Writes the sound of the pictures as sound.wav beside them.
    Status writeSound(const PcmAudio& sound);

    /// Gives the folder its name. Nothing can be written afterwards.
    Status finish();

private:
    class Impl;
    explicit PictureSequenceWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::media

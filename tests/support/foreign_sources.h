// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/crop_rectangle.h"
#include "base/error.h"
#include "nn/network_spec.h"

#include <filesystem>

#include <opencv2/core/types.hpp>

namespace lipsync::test {

/// What other tools leave behind, small and with formula weights. Picture n shows the number n, see numberOn().
struct ForeignSource {
    int frames = 14;
    cv::Size size{208, 120};
    int frameRate = 25; ///< of the pictures; the sound is as long as they are
    bool withSound = true;
    nn::GeneratorSpec network{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 4};
};

/// The square that the landmarks of a frame give.
avatar::CropRectangle foreignCrop(int frame);

/// Writes FRAME.lms with 110 points that give the rectangle.
void writeForeignLandmarks(const std::filesystem::path& folder, int frame, const avatar::CropRectangle& crop);

/// A SyncTalk_2D or Ultralight data set: full_body_img/, landmarks/, aud.wav, and the network as checkpoint/5.pth and
/// checkpoint/10.pth, of which 10 is the one that counts.
Status writeForeignDataSet(const std::filesystem::path& folder, const ForeignSource& source = {});

/// The current package: package_info.json, full_body_video.mp4, landmarks/, crop_rects.json, cache/…,
/// checkpoint/best_trainloss.pth.
Status writeForeignPackage(const std::filesystem::path& folder, const ForeignSource& source = {});

/// The older package: video.mp4, face_bounds/, models/99.pth and the encoder beside it; its video has three frames more
/// than were prepared.
Status writeOlderPackage(const std::filesystem::path& folder, const ForeignSource& source = {});

/// A video of numbered pictures with a sweep as its sound.
Status writeForeignVideo(const std::filesystem::path& file, const ForeignSource& source = {});

/// The network's weights in a file, and those of an AVE audio encoder.
Status writeForeignNetwork(const std::filesystem::path& file, const nn::GeneratorSpec& network);
Status writeForeignEncoder(const std::filesystem::path& file);

} // namespace lipsync::test

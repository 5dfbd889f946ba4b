// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "base/error.h"
#include "training/mouth_shape.h"

#include <cstdint>
#include <stop_token>
#include <vector>

#include <opencv2/core/types.hpp>

namespace lipsync::training {

/// Pixels around the network's picture that are kept too, so that pictures can be shifted without a made-up border.
inline constexpr int kPictureMargin = 8;
/// Landmarks of nose and eyes: 27 to 47.
inline constexpr int kFirstPosePoint = 27, kPosePoints = 21;
/// Shortest clip that can be learnt from, in frames: two seconds.
inline constexpr int kFewestSpeakerFrames = 50;

/// How well one frame's surroundings fit another one's mouth, in pixels of the network's picture.
struct PoseFit {
    cv::Point2f shift; ///< of nose and eyes from the one frame to the other
    float distance = 0; ///< mean distance of nose and eyes once shifted: what turning and nodding leave
};

/// What training sees of a prepared avatar: faces, mouths and sound of the same frames. Immutable once loaded.
struct SpeakerClip {
    int frames = 0; ///< of the clip for which there is sound
    int pictureSize = 0; ///< of the network, 160 or 320
    std::vector<MouthShape> shapes; ///< one a frame
    std::vector<cv::Rect> mouths; ///< one a frame: the mouth with some skin, inside the network's picture
    std::vector<std::uint8_t> speaking; ///< one a frame: 1 where the voice is heard
    std::vector<cv::Point2f>
        poses; ///< frames × kPosePoints: nose and eyes in the network's picture, which do not speak
    std::vector<float> mel; ///< columns × 80, time-major, normalised
    double frameRate = 25;

    /// Loads and checks a package's clip, sound and landmarks for a network of that picture size. InvalidInput with a
    /// sentence for what cannot be learnt from: no sound or landmarks, silence, a short clip, another frame rate.
    static Result<SpeakerClip> load(const avatar::AvatarPackage& package, int pictureSize, std::stop_token stop);

    /// Side of the pictures kept: the network's and kPictureMargin on every side.
    int side() const { return pictureSize + 2 * kPictureMargin; }
    /// Whether the frame's picture is kept; of long clips only every n-th is, so that they fit into memory.
    bool hasPicture(int frame) const { return frame % pictureStep == 0; }
    /// side() × side() × 3 bytes B,G,R of a frame that has a picture. The crop is resized linearly (section 1.11).
    const std::uint8_t* picture(int frame) const { return pictures.data() + pictureBytes() * (frame / pictureStep); }
    std::size_t pictureBytes() const { return std::size_t{3} * side() * side(); }
    /// How the head of `other` stands against that of `frame`.
    PoseFit poseFit(int frame, int other) const;
    /// Seconds in which the voice is heard.
    double speechSeconds() const;
    /// Which of the kinds of mouth shape (mouthKind()) the clip shows in at least `fewest` frames.
    int mouthKindsShown(int fewest) const;

    int pictureStep = 1;
    std::vector<std::uint8_t> pictures;
};

} // namespace lipsync::training

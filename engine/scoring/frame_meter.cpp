// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/frame_meter.h"

#include <algorithm>
#include <cmath>

namespace lipsync::scoring {

namespace {

constexpr int kLagReach = 5; ///< frames

/// The mouth in a crop that reaches from the brows to the chin, when nobody knows better.
constexpr double kMouthLeft = 0.25, kMouthTop = 0.5, kMouthWidth = 0.5, kMouthHeight = 0.4;
/// What belongs to the face around its landmarks, which end at the brows.
constexpr double kAroundFace = 0.1;

cv::Point2f middleOf(const Landmarks& face)
{
    const auto box = landmarkBox(face);
    return (box.tl() + box.br()) / 2;
}

} // namespace

cv::Rect mouthOf(const std::optional<Landmarks>& landmarks, const std::optional<cv::Rect>& crop, const cv::Rect& bounds)
{
    if (landmarks)
        return mouthBox(*landmarks, bounds);
    if (!crop)
        return {};
    const auto part = [](int length, double share) { return static_cast<int>(std::lround(length * share)); };
    return cv::Rect(crop->x + part(crop->width, kMouthLeft), crop->y + part(crop->height, kMouthTop),
                    part(crop->width, kMouthWidth), part(crop->height, kMouthHeight)) &
        bounds;
}

cv::Rect faceOf(const std::optional<Landmarks>& landmarks, const std::optional<cv::Rect>& crop, const cv::Rect& bounds)
{
    if (crop)
        return *crop & bounds;
    if (!landmarks)
        return {};
    auto box = cv::Rect2d(landmarkBox(*landmarks));
    box += cv::Size2d(2 * kAroundFace * box.width, 2 * kAroundFace * box.height);
    box -=
        cv::Point2d(kAroundFace / (1 + 2 * kAroundFace) * box.width, kAroundFace / (1 + 2 * kAroundFace) * box.height);
    return cv::Rect(box) & bounds;
}

SequenceMeter::SequenceMeter(LandmarkFinder finder, SyncMeter* sync)
    : m_finder(std::move(finder))
    , m_sync(sync)
{
}

Status SequenceMeter::add(const cv::Mat& bgr, std::optional<cv::Rect> crop, const std::optional<Landmarks>& known)
{
    m_landmarks = known;
    if (m_finder) {
        const auto found = m_finder(bgr);
        if (!found)
            return failure(found);
        if (*found && (!crop || crop->contains(cv::Point(middleOf(**found))))) {
            m_landmarks = *found;
            ++m_framesFound;
        }
    }
    const cv::Rect bounds({}, bgr.size());
    const auto face = faceOf(m_landmarks, crop, bounds);
    if (face.empty())
        m_pictureJitter.skip();
    else
        m_pictureJitter.add(bgr, face, mouthOf(m_landmarks, crop, bounds));
    m_openings.push_back(m_landmarks ? mouthOpening(*m_landmarks) : unknown());
    if (m_landmarks) {
        ++m_framesWithFace;
        m_pointJitter.add(std::span<const cv::Point2f>(*m_landmarks).first(kFirstMouthPoint));
    } else {
        m_pointJitter.add({});
    }
    return m_sync ? addToSync(bgr, crop) : Status();
}

Status SequenceMeter::addToSync(const cv::Mat& bgr, std::optional<cv::Rect> crop)
{
    if (m_landmarks)
        return m_sync->add(m_syncFace.cut(bgr, cv::Rect2d(landmarkBox(*m_landmarks))));
    if (m_syncFace.isKnown())
        return m_sync->add(m_syncFace.cutAgain(bgr));
    return m_sync->add(crop ? cv::Mat(bgr(*crop & cv::Rect({}, bgr.size()))) : bgr);
}

void LikenessMeter::add(const cv::Mat& truth, const cv::Mat& generated, const cv::Rect& face, const cv::Rect& mouth,
                        const std::optional<Landmarks>& trueLandmarks, const std::optional<Landmarks>& landmarks)
{
    if (!face.empty())
        m_face.add(truth(face), generated(face));
    if (!mouth.empty())
        m_mouth.add(truth(mouth), generated(mouth));
    m_trueOpenings.push_back(trueLandmarks ? mouthOpening(*trueLandmarks) : unknown());
    m_openings.push_back(landmarks ? mouthOpening(*landmarks) : unknown());
    if (!trueLandmarks || !landmarks)
        return;
    m_distances.push_back(mouthDistance(*trueLandmarks, *landmarks));
    if (const double size = faceSize(*trueLandmarks); size > 0)
        m_shares.push_back(m_distances.back() / size);
}

Likeness LikenessMeter::likeness() const
{
    Likeness likeness;
    likeness.psnrFace = m_face.psnr();
    likeness.psnrMouth = m_mouth.psnr();
    likeness.ssimFace = m_face.ssim();
    likeness.ssimMouth = m_mouth.ssim();
    if (m_distances.empty())
        return likeness;
    likeness.landmarkDistance = mean(m_distances);
    likeness.landmarkDistanceShare = mean(m_shares);
    likeness.opening = bestLag(m_trueOpenings, m_openings, kLagReach);
    return likeness;
}

} // namespace lipsync::scoring

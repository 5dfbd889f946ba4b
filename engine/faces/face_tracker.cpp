// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/face_tracker.h"

#include "faces/cut_detector.h"
#include "faces/face_detector.h"
#include "faces/face_flow.h"
#include "faces/face_patch.h"
#include "faces/landmark_model.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace lipsync::faces {

namespace {

// Where and how large the detectors look.
constexpr double kSearchSide = 720.0; ///< longer side, in pixels, at which a whole frame is searched first
constexpr double kFaceSide = 100.0; ///< of the followed face when it is looked at; the detector needs 80
constexpr double kCloserLook = 1.5; ///< second try
constexpr float kRegionRoom = 0.5F; ///< around the followed face, as a part of its box
constexpr double kProfileSide = 70.0;
constexpr int kThoroughEvery = 5; ///< of the frames without a face in which double size and profiles are searched too
constexpr int kProfileHits = 3; ///< frames in a row in which a profile must be seen to be believed

// What a face may do from one frame to the next.
constexpr double kSameFace = 0.3; ///< overlap with the last box
constexpr double kMostMoved = 0.35; ///< of the box's side
constexpr double kMostGrown = 1.35;
constexpr double kUsualShape = 0.035; ///< mean distance of brows, eyes and nose to where they usually are, face sizes
constexpr double kUsualMove = 0.1; ///< of the face's size, in a frame
constexpr double kFlowConfirms = 0.06; ///< mean distance of points to where flow carried them, face sizes
constexpr float kShapeSlowness = 0.1F;
constexpr double kSameLooks = 0.8; ///< likeness over a sudden change of the picture; of the same person above 0.9
constexpr double kSurelySame = 0.93; ///< wherever it is: the camera was shaken
constexpr double kMostJump = 0.12; ///< of the face's size, over such a change; usual is up to 0.03
constexpr double kWorstShape = 0.16; ///< shapeError()
constexpr double kSteady = 0.12; ///< of the box's side: detector and last frame mean the same place
constexpr double kSteadySize = 1.2;
constexpr double kBoxSlowness = 0.05; ///< weight of the newest box in where the box lies about a face

// What a face may do that no detector sees.
constexpr double kAgreement = 0.35; ///< part of its corners that flow follows there and back
constexpr double kMostZoom = 1.12; ///< a frame
constexpr double kTrackersAgree = 0.5; ///< overlap of flow's box with the correlation tracker's
constexpr double kFitAgrees = 0.15; ///< mean distance of the fitted from the followed points, in face sizes
constexpr double kLooksAlike = 0.6; ///< likeness to the face when a detector last saw it
constexpr int kMostUnseen = 50; ///< frames in a row without a detector

// Which face is the same after it was lost.
constexpr int kWaitForOther = 12; ///< frames until a face elsewhere is taken
constexpr double kSamePlace = 1.0; ///< distance in box sides
constexpr double kSameSize = 1.7;

struct Face {
    cv::Rect2f box;
    Landmarks68 landmarks{};
};

cv::Point2f centreOf(const cv::Rect2f& box)
{
    return {box.x + box.width / 2, box.y + box.height / 2};
}

cv::Rect2f grown(const cv::Rect2f& box, float part)
{
    return {box.x - part * box.width, box.y - part * box.height, box.width * (1 + 2 * part),
            box.height * (1 + 2 * part)};
}

double ratio(double a, double b)
{
    return a > b ? a / b : b / a;
}

double meanDistance(std::span<const cv::Point2f> a, std::span<const cv::Point2f> b)
{
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += cv::norm(a[i] - b[i]);
    return sum / static_cast<double>(a.size());
}

/// Clockwise tilt of the head, radians.
double rollOf(const Landmarks68& landmarks)
{
    const auto toFrame = fitSimilarity(stillPoints(meanFace()), stillPoints(landmarks));
    return std::atan2(toFrame.b, toFrame.a);
}

double distance(const cv::Rect2f& a, const cv::Rect2f& b)
{
    const auto way = centreOf(a) - centreOf(b);
    return std::hypot(way.x, way.y) / std::max(1.0F, std::min(a.width, b.width));
}

/// Points in the order of faces: brows above the mouth, the mouth inside of the box, no wilder than a face can be.
bool isPlausible(const Face& face, const cv::Size& frame)
{
    const auto mouth = boundingBox(std::span(face.landmarks).subspan(kFirstMouthLandmark));
    const cv::Rect2f room = grown(face.box, 0.25F);
    const cv::Rect2f whole({}, cv::Size2f(frame));
    return whole.contains(centreOf(face.box)) && room.contains(centreOf(mouth)) &&
        shapeError(face.landmarks) < kWorstShape;
}

/// Where the box lies in the face's own coordinates, so that it can be drawn around points that were followed.
struct BoxInFace {
    cv::Point2f centre;
    double side = 0.0;

    static BoxInFace of(const Face& face)
    {
        const auto toFrame = fitSimilarity(stillPoints(meanFace()), stillPoints(face.landmarks));
        return {toFrame.inverse()(centreOf(face.box)), face.box.width / toFrame.scale()};
    }

    cv::Rect2f around(const Landmarks68& landmarks) const
    {
        const auto toFrame = fitSimilarity(stillPoints(meanFace()), stillPoints(landmarks));
        const auto middle = toFrame(centre);
        const auto width = static_cast<float>(side * toFrame.scale());
        return {middle.x - width / 2, middle.y - width / 2, width, width};
    }
};

} // namespace

class FaceTracker::Impl {
public:
    Impl(std::shared_ptr<const LandmarkModel> model, FaceTrackerOptions options)
        : m_model(std::move(model))
        , m_options(std::move(options))
    {
    }

    Result<FaceObservation> next(const cv::Mat& picture)
    {
        auto grey = greyOf(picture);
        if (!grey)
            return failure(grey);
        FaceObservation seen;
        const auto change = m_cuts.look(*grey);
        m_isSudden = change == PictureChange::Sudden;
        seen.isCut = change == PictureChange::Cut;
        if (seen.isCut)
            forget();
        if (m_options.box)
            takeBox(*grey, *std::exchange(m_options.box, {}), seen);
        else if (m_face)
            followThrough(*grey, seen);
        if (!m_face)
            search(*grey, seen);
        m_lost = m_face ? 0 : m_lost + 1;
        m_before = *grey;
        return seen;
    }

    Status startFrom(const cv::Mat& picture, const FaceObservation& found)
    {
        auto grey = greyOf(picture);
        if (!grey)
            return failure(grey);
        m_options.box.reset();
        (void)m_cuts.look(*grey);
        FaceObservation ignored;
        accept(*grey, {found.box, found.landmarks}, FaceSource::Detected, 1.0, ignored);
        m_lost = 0;
        m_before = *grey;
        return {};
    }

private:
    Result<cv::Mat> greyOf(const cv::Mat& picture) const
    {
        cv::Mat grey;
        if (picture.type() == CV_8UC1)
            grey = picture.clone();
        else if (picture.type() == CV_8UC3)
            cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
        const bool isSameSize = m_before.empty() || m_before.size() == grey.size();
        if (grey.empty() || !isSameSize)
            return failure(ErrorCode::Usage, "A face is followed in pictures of grey or BGR bytes of one size.");
        return grey;
    }

    /// After a cut: nothing of the picture before means anything but where the face was.
    void forget()
    {
        m_face.reset();
        m_correlation.reset();
        m_looks.release();
        m_shape = {};
        m_profileHits = 0;
    }

    /// Brows, eyes and nose in the face's own coordinates.
    static std::vector<cv::Point2f> shapeOf(const Landmarks68& landmarks)
    {
        const auto toFace = fitSimilarity(stillPoints(landmarks), stillPoints(meanFace()));
        std::vector<cv::Point2f> shape;
        for (const auto& point : stillPoints(landmarks))
            shape.push_back(toFace(point));
        return shape;
    }

    void learnShape(const Landmarks68& landmarks)
    {
        const auto shape = shapeOf(landmarks);
        if (m_shape.empty())
            m_shape = shape;
        for (std::size_t i = 0; i < shape.size(); ++i)
            m_shape[i] += (shape[i] - m_shape[i]) * kShapeSlowness;
    }

    /// Whether a detected face's points are such as something in front of it, or a far turn, leaves: they change their
    /// shape, or leap.
    bool isSuspicious(const Face& face) const
    {
        const auto shape = shapeOf(face.landmarks);
        return meanDistance(shape, m_shape) > kUsualShape ||
            meanDistance(stillPoints(face.landmarks), stillPoints(m_face->landmarks)) >
            kUsualMove * faceSize(m_face->landmarks);
    }

    void lose()
    {
        m_face.reset();
        m_correlation.reset();
        m_profileHits = 0;
    }

    /// Takes a face as this frame's. Of a detected one its looks are remembered.
    void accept(const cv::Mat& grey, const Face& face, FaceSource source, double confidence, FaceObservation& seen)
    {
        seen.source = source;
        seen.box = face.box;
        seen.landmarks = face.landmarks;
        seen.confidence = std::clamp(confidence, 0.0, 1.0);
        m_face = m_known = face;
        m_unseen = source == FaceSource::Detected ? 0 : m_unseen + 1;
        if (source != FaceSource::Detected)
            return;
        learnShape(face.landmarks);
        m_looks = alignedPatch(grey, face.landmarks);
        const auto place = BoxInFace::of(face);
        const double weight = m_boxInFace.side > 0.0 ? kBoxSlowness : 1.0;
        m_boxInFace.centre += (place.centre - m_boxInFace.centre) * weight;
        m_boxInFace.side += (place.side - m_boxInFace.side) * weight;
        seen.box = m_face->box = m_known->box = m_boxInFace.around(face.landmarks);
        m_correlation.reset();
        m_isByHand = false;
    }

    /// The box the operator drew: a detector's face that lies there, or else what the box holds.
    void takeBox(const cv::Mat& grey, const cv::Rect2f& drawn, FaceObservation& seen)
    {
        const float side = (drawn.width + drawn.height) / 2;
        const auto middle = centreOf(drawn);
        const cv::Rect2f box(middle.x - side / 2, middle.y - side / 2, side, side);
        for (const double closer : {1.0, kCloserLook, 2 * kCloserLook}) {
            const auto face = detectNear(grey, box, closer, 0.2);
            if (face)
                return accept(grey, face->first, FaceSource::Detected, 0.5 + face->second / 3, seen);
        }
        const Face face{box, m_model->fit(grey, box)};
        accept(grey, face, FaceSource::Detected, 0.5, seen);
        seen.source = FaceSource::Tracked;
        m_isByHand = true;
    }

    /// The box for the model. The detector's own jumps between a few sizes and places, and the points would with it; the
    /// one around the last points is steady, and near enough unless the head moved fast.
    cv::Rect2f steadyBox(const cv::Rect2f& detected, const cv::Rect2f& expected) const
    {
        if (distance(detected, expected) < kSteady && ratio(detected.width, expected.width) < kSteadySize)
            return expected;
        return detected;
    }

    /// A face of the detector near `box`, and its score.
    std::optional<std::pair<Face, double>> detectNear(const cv::Mat& grey, const cv::Rect2f& box, double closer,
                                                      double leastOverlap)
    {
        const auto region = cv::Rect(grown(box, kRegionRoom)) & cv::Rect({}, grey.size());
        const auto found = m_frontal.detect(grey, region, std::min(4.0, closer * kFaceSide / box.width));
        const auto best = std::max_element(found.begin(), found.end(), [&](const auto& a, const auto& b) {
            return overlap(a.box, box) < overlap(b.box, box);
        });
        if (best == found.end() || overlap(best->box, box) < leastOverlap)
            return {};
        const auto place = steadyBox(best->box, box);
        const Face face{best->box, m_model->fit(grey, place, m_face ? rollOf(m_face->landmarks) : 0.0)};
        if (!isPlausible(face, grey.size()))
            return {};
        return std::pair(face, best->score);
    }

    /// Follows the face, but not into another scene: after a sudden change it must look as before and be where it was.
    void followThrough(const cv::Mat& grey, FaceObservation& seen)
    {
        const Face before = *m_face;
        const cv::Mat looked = m_looks;
        follow(grey, seen);
        if (!m_isSudden || !m_face)
            return;
        const double jump = meanDistance(stillPoints(before.landmarks), stillPoints(m_face->landmarks));
        const double alike = likeness(alignedPatch(grey, m_face->landmarks), looked);
        if (alike > kSurelySame || (alike > kSameLooks && jump < kMostJump * faceSize(before.landmarks)))
            return;
        seen = {};
        seen.isCut = true;
        forget();
    }

    void follow(const cv::Mat& grey, FaceObservation& seen)
    {
        for (const double closer : {1.0, kCloserLook}) {
            const auto face = detectNear(grey, m_face->box, closer, kSameFace);
            if (!face || distance(face->first.box, m_face->box) > kMostMoved ||
                ratio(face->first.box.width, m_face->box.width) > kMostGrown)
                continue;
            if (m_shape.empty() || !isSuspicious(face->first))
                return accept(grey, face->first, FaceSource::Detected, 0.5 + face->second / 3, seen);
            return confirm(grey, face->first, face->second, seen);
        }
        track(grey, seen);
    }

    /// Takes a suspicious face when flow comes to the same points, and flow's when it does not.
    void confirm(const cv::Mat& grey, const Face& face, double score, FaceObservation& seen)
    {
        const auto moved = followFace(m_before, grey, m_face->landmarks);
        if (moved && moved->agreement >= kAgreement) {
            const auto carried = carry(*moved);
            const double far = meanDistance(stillPoints(carried.landmarks), stillPoints(face.landmarks));
            if (far < kFlowConfirms * faceSize(carried.landmarks))
                return accept(grey, face, FaceSource::Detected, 0.5 + score / 3, seen);
        }
        track(grey, moved, seen);
    }

    Face carry(const FaceMotion& moved) const
    {
        Face face;
        for (std::size_t i = 0; i < kLandmarkCount; ++i)
            face.landmarks[i] = moved.motion(m_face->landmarks[i]);
        face.box = m_boxInFace.around(face.landmarks);
        return face;
    }

    /// Carries the face on from the frame before, or loses it.
    void track(const cv::Mat& grey, FaceObservation& seen)
    {
        track(grey, followFace(m_before, grey, m_face->landmarks), seen);
    }

    void track(const cv::Mat& grey, const std::optional<FaceMotion>& moved, FaceObservation& seen)
    {
        if (!moved || moved->agreement < kAgreement || ratio(moved->motion.scale(), 1.0) > kMostZoom)
            return lose();
        Face face = carry(*moved);
        if (!m_correlation)
            m_correlation = std::make_unique<BoxTracker>(m_before, m_face->box);
        if (overlap(m_correlation->update(grey).box, face.box) < kTrackersAgree)
            return lose();
        if (!m_isByHand) // what no detector knows the model does not know either
            refine(grey, face);
        const cv::Mat looks = alignedPatch(grey, face.landmarks);
        const double alike = likeness(looks, m_looks);
        const bool isUnseenForLong = !m_isByHand && m_unseen >= kMostUnseen;
        if (alike < kLooksAlike || isUnseenForLong) {
            if (!isProfile(grey, face.box))
                return lose();
            m_looks = looks; // a turned head looks different, and is one all the same
            m_unseen = 0;
        }
        if (!isPlausible(face, grey.size()))
            return lose();
        accept(grey, face, FaceSource::Tracked, std::min(alike, moved->agreement), seen);
    }

    /// Lets the model move followed points to where it sees them, unless it sees something else.
    void refine(const cv::Mat& grey, Face& face) const
    {
        const auto fitted = m_model->fit(grey, face.box, rollOf(face.landmarks));
        const double far = meanDistance(fitted, face.landmarks);
        const bool isUsual = m_shape.empty() || meanDistance(shapeOf(fitted), m_shape) < kUsualShape;
        if (isUsual && far < kFitAgrees * faceSize(face.landmarks) && shapeError(fitted) < kWorstShape) {
            for (std::size_t i = 0; i < kLandmarkCount; ++i)
                face.landmarks[i] = (face.landmarks[i] + fitted[i]) / 2;
            face.box = m_boxInFace.around(face.landmarks);
        }
    }

    bool isProfile(const cv::Mat& grey, const cv::Rect2f& box)
    {
        const auto region = cv::Rect(grown(box, kRegionRoom)) & cv::Rect({}, grey.size());
        const auto found = m_profile.detect(grey, region, std::min(2.0, kProfileSide / box.width));
        return std::any_of(found.begin(), found.end(),
                           [&](const auto& face) { return overlap(face.box, box) >= kSameFace; });
    }

    /// Looks for a face in the whole frame.
    void search(const cv::Mat& grey, FaceObservation& seen)
    {
        const cv::Rect whole({}, grey.size());
        const double scale = std::min(1.0, kSearchSide / std::max(grey.cols, grey.rows));
        const bool isThorough = m_lost % kThoroughEvery == 0 || seen.isCut || m_profileHits > 0;
        auto faces = m_frontal.detect(grey, whole, scale);
        if (faces.empty() && isThorough)
            faces = m_frontal.detect(grey, whole, 2 * scale);
        if (faces.empty() && isThorough)
            return searchProfile(grey, whole, scale, seen);
        if (const auto* chosen = choose(faces, seen)) {
            const Face face{chosen->box, m_model->fit(grey, chosen->box)};
            seen.otherFaces = static_cast<int>(faces.size()) - 1;
            if (!isPlausible(face, grey.size()))
                return;
            if (!isFamiliar(grey, face) && m_isSudden) {
                seen.isCut = true; // another face at once: another scene
                forget();
            }
            if (isFamiliar(grey, face) || m_lost >= kWaitForOther)
                accept(grey, face, FaceSource::Detected, 0.5 + chosen->score / 3, seen);
        }
    }

    /// Whether a face found again is the one that was lost, to be seen as well as before: not half of it.
    bool isFamiliar(const cv::Mat& grey, const Face& face) const
    {
        return m_shape.empty() ||
            (meanDistance(shapeOf(face.landmarks), m_shape) < kUsualShape &&
             likeness(alignedPatch(grey, face.landmarks), m_looks) > kLooksAlike);
    }

    /// The face that is where it was last seen, or, while none was, the one the operator wants.
    const DetectedFace* choose(const std::vector<DetectedFace>& faces, FaceObservation& seen) const
    {
        if (faces.empty())
            return nullptr;
        if (!m_known)
            return &faces[std::min(faces.size(), static_cast<std::size_t>(std::max(1, m_options.number))) - 1];
        const auto& nearest = *std::min_element(faces.begin(), faces.end(), [&](const auto& a, const auto& b) {
            return distance(a.box, m_known->box) < distance(b.box, m_known->box);
        });
        seen.isElsewhere = distance(nearest.box, m_known->box) > kSamePlace ||
            ratio(nearest.box.width, m_known->box.width) > kSameSize;
        if (!seen.isElsewhere)
            return &nearest;
        return seen.isCut || m_lost >= kWaitForOther ? &faces.front() : nullptr;
    }

    /// The cascade of profiles errs often: it counts when it sees the same face in several frames.
    void searchProfile(const cv::Mat& grey, const cv::Rect& whole, double scale, FaceObservation& seen)
    {
        const auto faces = m_profile.detect(grey, whole, scale);
        const auto* chosen = choose(faces, seen);
        const bool isSame = chosen && m_profileHits > 0 && overlap(chosen->box, m_profileBox) >= kTrackersAgree;
        m_profileHits = chosen ? (isSame ? m_profileHits + 1 : 1) : 0;
        if (!chosen)
            return;
        m_profileBox = chosen->box;
        const Face face{chosen->box, m_model->fit(grey, chosen->box)};
        if (m_profileHits < kProfileHits || !isPlausible(face, grey.size()))
            return;
        accept(grey, face, FaceSource::Detected, 0.3, seen);
    }

    const std::shared_ptr<const LandmarkModel> m_model;
    FaceTrackerOptions m_options;
    FrontalDetector m_frontal;
    ProfileDetector m_profile;
    CutDetector m_cuts;

    cv::Mat m_before; ///< the frame before, grey
    std::optional<Face> m_face; ///< of the frame before
    std::optional<Face> m_known; ///< the last one there was
    BoxInFace m_boxInFace;
    std::vector<cv::Point2f> m_shape; ///< of the face when detectors see it, running mean
    cv::Mat m_looks; ///< aligned patch of the face when a detector last saw it
    std::unique_ptr<BoxTracker> m_correlation; ///< runs while no detector sees the face
    cv::Rect2f m_profileBox;
    int m_profileHits = 0;
    int m_unseen = 0; ///< frames the face was carried on without a detector
    int m_lost = 0; ///< frames without a face
    bool m_isSudden = false; ///< this frame differs more from the one before than is usual
    bool m_isByHand = false; ///< the face is the operator's box, which no detector ever confirmed
};

FaceTracker::FaceTracker(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
FaceTracker::~FaceTracker() = default;

Result<std::unique_ptr<FaceTracker>> FaceTracker::create(const FaceTrackerOptions& options)
{
    auto model = options.model;
    if (!model) {
        auto loaded = LandmarkModel::load(options.landmarkData);
        if (!loaded)
            return failure(loaded);
        model = std::move(*loaded);
    }
    if (options.box && !(options.box->width >= 8.0F && options.box->height >= 8.0F))
        return failure(ErrorCode::Usage, "The box around the face must be at least 8 pixels wide and high.");
    return std::unique_ptr<FaceTracker>(new FaceTracker(std::make_unique<Impl>(std::move(model), options)));
}

Result<FaceObservation> FaceTracker::next(const cv::Mat& picture)
{
    try {
        return m_impl->next(picture);
    } catch (const std::exception& problem) {
        return failure(ErrorCode::Internal, "A face could not be looked for.", problem.what());
    }
}

Status FaceTracker::startFrom(const cv::Mat& picture, const FaceObservation& found)
{
    try {
        return m_impl->startFrom(picture, found);
    } catch (const std::exception& problem) {
        return failure(ErrorCode::Internal, "A face could not be looked for.", problem.what());
    }
}

} // namespace lipsync::faces

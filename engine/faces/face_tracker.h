// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "faces/face_landmarks.h"

#include <filesystem>
#include <memory>
#include <optional>

#include <opencv2/core/mat.hpp>

namespace lipsync::faces {

class LandmarkModel;

/// How the face of a frame was found.
enum class FaceSource {
    Detected, ///< a detector sees a face there
    Tracked, ///< no detector does, but the face of the frame before was followed and still looks the same
    Lost, ///< neither; there is no face, or none that can be trusted
};

/// What FaceTracker says about a frame.
struct FaceObservation {
    FaceSource source = FaceSource::Lost;
    cv::Rect2f box; ///< brows to chin, as dlib's detector draws it, in pixels of the frame; empty when Lost
    Landmarks68 landmarks{}; ///< in pixels of the frame, unsmoothed; all zero when Lost
    double confidence = 0.0; ///< 0 … 1; of a tracked face how alike it still is
    bool isCut = false; ///< the picture has nothing to do with the one before
    bool isElsewhere = false; ///< found again after a loss or a cut, but not where the face was: maybe another one
    int otherFaces = 0; ///< seen in the frame besides this one; searched for only where a face is sought anew

    bool isFound() const { return source != FaceSource::Lost; }
};

/// Which face is followed, and by what.
struct FaceTrackerOptions {
    /// The 68-point model; empty: the one of the system (Debian: package libdlib-data).
    std::filesystem::path landmarkData;
    /// A model that is loaded already, instead of landmarkData.
    std::shared_ptr<const LandmarkModel> model;
    /// Where the face is in the first frame, in its pixels. The box is believed even where no detector sees a face.
    std::optional<cv::Rect2f> box;
    /// Without a box: 1 the largest face of the first frame that has any, 2 the second largest, …
    int number = 1;
};

/// Follows one face through a clip. dlib's frontal detector looks around the last place in every frame, at a size at
/// which it is quick; where it sees nothing the points are carried on by optical flow, which counts only while it runs
/// back to where it came from, dlib's correlation tracker agrees and the face looks as before. A profile cascade
/// (OpenCV) confirms turned heads. What fails these tests is Lost, not guessed. Small and drawn faces are searched at
/// double size. A cut begins a new search. About 8 ms a frame of 360×288 on one core. One thread at a time.
class FaceTracker {
public:
    /// Loads the model (about 0.6 s). InvalidInput, naming the package, when there is none or it is another file.
    static Result<std::unique_ptr<FaceTracker>> create(const FaceTrackerOptions& options = {});

    ~FaceTracker();
    FaceTracker(const FaceTracker&) = delete;
    FaceTracker& operator=(const FaceTracker&) = delete;

    /// Looks at the next frame: BGR or grey bytes, the same size as the one before. Usage for other pictures.
    Result<FaceObservation> next(const cv::Mat& picture);

    /// Goes on from a frame whose face is known, as if next() had just found it: to follow a clip backwards.
    Status startFrom(const cv::Mat& picture, const FaceObservation& found);

private:
    class Impl;
    explicit FaceTracker(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::faces

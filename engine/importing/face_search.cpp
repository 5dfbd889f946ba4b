// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/face_search.h"

#include "faces/crop_rule.h"
#include "faces/face_tracker.h"
#include "importing/face_boxes.h"
#include "importing/frame_crops.h"
#include "media/video_reader.h"

#include <algorithm>

namespace lipsync::importing {

namespace {

constexpr float kForehead = 0.3F; // from the brows up, of the way from there to the chin
constexpr std::size_t kCarriedFrames = 5; // a face that is hidden for longer may have moved

/// What a detector trained on whole heads frames: the landmarks end at the brows.
cv::Rect headBox(const faces::Landmarks68& landmarks)
{
    cv::Rect2f face = faces::boundingBox(landmarks);
    const float forehead = kForehead * face.height;
    face.y -= forehead;
    face.height += forehead;
    return {cv::Point(face.tl()), cv::Point(face.br())};
}

/// Frames of stretches that are longer than what is carried.
std::vector<int> lostForLong(const std::vector<int>& unseen)
{
    std::vector<int> frames;
    for (std::size_t i = 0; i < unseen.size();) {
        std::size_t end = i + 1;
        while (end < unseen.size() && unseen[end] == unseen[end - 1] + 1)
            ++end;
        if (end - i > kCarriedFrames)
            frames.insert(frames.end(), unseen.begin() + static_cast<std::ptrdiff_t>(i),
                          unseen.begin() + static_cast<std::ptrdiff_t>(end));
        i = end;
    }
    return frames;
}

/// Adds what the tracker says of frame `frame`.
void note(const faces::FaceObservation& face, int frame, ClipFaces& found)
{
    found.startsScene.push_back(frame == 0 || face.isCut);
    if (face.isFound()) {
        if (found.landmarks.empty()) // those before it was first seen
            found.landmarks.resize(static_cast<std::size_t>(frame), face.landmarks);
        found.landmarks.push_back(face.landmarks);
        return;
    }
    found.unseen.push_back(frame);
    if (!found.landmarks.empty())
        found.landmarks.push_back(found.landmarks.back());
}

} // namespace

Result<ClipFaces> findFaces(const std::filesystem::path& video, const std::function<void(double)>& progress,
                            const std::stop_token& stop)
{
    auto reader = media::VideoReader::open(video);
    if (!reader)
        return failure(reader);
    auto tracker = faces::FaceTracker::create();
    if (!tracker)
        return failure(tracker);
    const auto& info = (*reader)->info();
    ClipFaces found;
    found.picture = {info.width, info.height};
    for (int frame = 0; frame < info.frameCount; ++frame) {
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        const auto picture = (*reader)->next();
        if (!picture)
            return failure(picture);
        if (!*picture)
            break;
        const auto face = (*tracker)->next(**picture);
        if (!face)
            return failure(face);
        note(*face, frame, found);
        progress(static_cast<double>(frame + 1) / static_cast<double>(info.frameCount));
    }
    const auto lost = found.landmarks.empty() ? found.unseen : lostForLong(found.unseen);
    if (!lost.empty())
        return failure(ErrorCode::InvalidInput,
                       fmt::format("No face was found in frame(s) {} of the clip. Take another part with --start and "
                                   "--seconds, or say where it is with --face x,y,width,height.",
                                   listFrames(lost)));
    return found;
}

std::vector<avatar::CropRectangle> wav2LipBoxes(const ClipFaces& faces, const std::array<int, 4>& pads)
{
    std::vector<avatar::CropRectangle> boxes;
    boxes.reserve(faces.landmarks.size());
    for (const auto& points : faces.landmarks)
        boxes.push_back(paddedBox(headBox(points), pads, faces.picture));
    smoothBoxes(boxes);
    return boxes;
}

std::vector<avatar::CropRectangle> syncTalkSquares(const ClipFaces& faces)
{
    std::vector<std::optional<faces::Landmarks68>> seen(faces.landmarks.begin(), faces.landmarks.end());
    for (const int frame : faces.unseen)
        seen[static_cast<std::size_t>(frame)].reset(); // are bridged in a straight line
    std::vector<avatar::CropRectangle> squares;
    squares.reserve(seen.size());
    for (const auto& square : faces::planCrops(seen, faces.startsScene, faces.picture).squares)
        squares.push_back({square.x, square.y, square.x + square.width, square.y + square.height});
    return squares;
}

NpyArray landmarkTable(const ClipFaces& faces)
{
    NpyArray table;
    table.shape = {faces.landmarks.size(), faces::kLandmarkCount, 2};
    table.values.reserve(faces.landmarks.size() * faces::kLandmarkCount * 2);
    for (const auto& face : faces.landmarks)
        for (const auto& point : face)
            table.values.insert(table.values.end(), {point.x, point.y});
    return table;
}

} // namespace lipsync::importing

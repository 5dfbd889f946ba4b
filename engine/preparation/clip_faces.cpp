// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/clip_faces.h"

#include "base/bounded_queue.h"
#include "base/thread_name.h"
#include "media/video_reader.h"

#include <deque>
#include <thread>
#include <utility>

namespace lipsync::preparation {

namespace {

constexpr std::size_t kReadAhead = 4; ///< decoded frames that wait
constexpr std::size_t kMostBackwards = 50; ///< frames that are kept to be looked at again
constexpr std::size_t kKeptBytes = std::size_t{256} << 20; ///< at most for these

/// Decodes a clip on its own thread, a few frames ahead.
class ReadAhead {
public:
    explicit ReadAhead(std::unique_ptr<media::VideoReader> reader)
        : m_reader(std::move(reader))
        , m_thread([this] { read(); })
    {
    }
    ~ReadAhead() { m_pictures.cancel(); }

    /// The next picture; nothing after the last.
    Result<std::optional<cv::Mat>> next()
    {
        auto item = m_pictures.pop();
        return item ? std::move(*item) : Result<std::optional<cv::Mat>>(std::nullopt);
    }

private:
    void read()
    {
        setThreadName("read ahead");
        for (;;) {
            auto picture = m_reader->next();
            const bool isLast = !picture || !*picture;
            if (!m_pictures.push(std::move(picture)) || isLast)
                return m_pictures.close();
        }
    }

    const std::unique_ptr<media::VideoReader> m_reader;
    BoundedQueue<Result<std::optional<cv::Mat>>> m_pictures{kReadAhead};
    std::jthread m_thread; ///< last: it uses all of the above
};

class ClipWalk {
public:
    ClipWalk(std::unique_ptr<faces::FaceTracker> tracker, faces::FaceTrackerOptions options)
        : m_tracker(std::move(tracker))
        , m_options(std::move(options))
    {
    }

    Status add(const cv::Mat& picture)
    {
        auto seen = m_tracker->next(picture);
        if (!seen)
            return failure(seen);
        const bool isCut = seen->isCut;
        m_frames.push_back({std::move(*seen), {}, {}});
        if (isCut)
            m_faceless.clear();
        if (!m_frames.back().face.isFound()) {
            keep(picture);
            return {};
        }
        complete(m_frames.back(), picture);
        return lookBack(picture);
    }

    std::vector<ClipFrame> take() { return std::move(m_frames); }

private:
    static void complete(ClipFrame& frame, const cv::Mat& picture)
    {
        frame.pose = faces::headPose(frame.face.landmarks, picture.size());
        frame.quality = measureFrame(picture, frame.face.landmarks);
    }

    void keep(const cv::Mat& picture)
    {
        m_faceless.push_back(picture);
        const std::size_t most = std::min(kMostBackwards, kKeptBytes / (picture.total() * picture.elemSize()) + 1);
        if (m_faceless.size() > most)
            m_faceless.pop_front();
    }

    /// Follows the face that was just found backwards through the frames before it that have none.
    Status lookBack(const cv::Mat& picture)
    {
        const auto pictures = std::exchange(m_faceless, {});
        if (pictures.empty())
            return {};
        auto options = m_options;
        options.box.reset();
        auto tracker = faces::FaceTracker::create(options);
        if (!tracker)
            return failure(tracker);
        if (auto started = (*tracker)->startFrom(picture, m_frames.back().face); !started)
            return started;
        std::size_t at = m_frames.size() - 1;
        for (auto before = pictures.rbegin(); before != pictures.rend(); ++before) {
            auto seen = (*tracker)->next(*before);
            if (!seen)
                return failure(seen);
            if (!seen->isFound() || seen->isCut)
                break;
            auto& frame = m_frames[--at];
            seen->isCut = frame.face.isCut;
            frame.face = std::move(*seen);
            complete(frame, *before);
        }
        return {};
    }

    const std::unique_ptr<faces::FaceTracker> m_tracker;
    const faces::FaceTrackerOptions m_options;
    std::vector<ClipFrame> m_frames;
    std::deque<cv::Mat> m_faceless; ///< the frames before this one that have no face, as far as they are kept
};

} // namespace

Result<std::vector<ClipFrame>> findFaces(const std::filesystem::path& clip, const faces::FaceTrackerOptions& options,
                                         const std::function<void(std::int64_t)>& progress, const std::stop_token& stop)
{
    auto reader = media::VideoReader::open(clip);
    if (!reader)
        return failure(reader);
    auto tracker = faces::FaceTracker::create(options);
    if (!tracker)
        return failure(tracker);
    ClipWalk walk(std::move(*tracker), options);
    ReadAhead pictures(std::move(*reader));
    for (std::int64_t frame = 1;; ++frame) {
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        const auto picture = pictures.next();
        if (!picture)
            return failure(picture);
        if (!*picture)
            return walk.take();
        if (auto added = walk.add(**picture); !added)
            return failure(added);
        if (progress)
            progress(frame);
    }
}

} // namespace lipsync::preparation

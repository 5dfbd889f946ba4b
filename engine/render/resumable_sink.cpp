// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/resumable_sink.h"

#include "media/part_file.h"
#include "media/picture_sequence_writer.h"
#include "media/segment_writer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace lipsync::render {

namespace {

/// Seconds of video in a segment: what a crash or a pause costs at most.
constexpr double kSegmentSeconds = 2;

int segmentFrames(const avatar::AvatarManifest& manifest)
{
    return std::max(1, static_cast<int>(std::lround(kSegmentSeconds * manifest.frameRate())));
}

/// Seconds of work, over all runs.
class WorkClock {
public:
    void setEarlierSeconds(double seconds)
    {
        m_earlier = seconds;
        m_started = std::chrono::steady_clock::now();
    }
    double seconds() const
    {
        return m_earlier + std::chrono::duration<double>(std::chrono::steady_clock::now() - m_started).count();
    }

private:
    double m_earlier = 0;
    std::chrono::steady_clock::time_point m_started = std::chrono::steady_clock::now();
};

class SegmentSink : public ResumableSink {
public:
    SegmentSink(media::SegmentFile& work, std::unique_ptr<media::SegmentWriter> writer, const RenderRequest& request,
                media::VideoOptions options, const media::PcmAudio& sound, std::stop_token stop)
        : m_work(work)
        , m_writer(std::move(writer))
        , m_output(request.output)
        , m_options(std::move(options))
        , m_sound(sound)
        , m_stop(std::move(stop))
    {
    }
    std::int64_t framesDone() const override { return m_work.frames(); }
    void setEarlierSeconds(double seconds) override { m_clock.setEarlierSeconds(seconds); }
    Status write(const cv::Mat& bgr) override { return m_writer->write(bgr, m_clock.seconds()); }
    Status finish() override
    {
        if (auto written = m_writer->finish(m_clock.seconds()); !written)
            return written;
        return media::joinSegments(m_work, m_output, m_options, m_sound, m_stop);
    }

private:
    media::SegmentFile& m_work;
    const std::unique_ptr<media::SegmentWriter> m_writer;
    const std::filesystem::path m_output;
    const media::VideoOptions m_options;
    const media::PcmAudio& m_sound;
    const std::stop_token m_stop;
    WorkClock m_clock;
};

/// Pictures are safe one by one; the work file only remembers how far they are.
class ResumablePictureSink : public ResumableSink {
public:
    ResumablePictureSink(media::SegmentFile& work, std::unique_ptr<media::PictureSequenceWriter> writer,
                         const media::PcmAudio& sound, int segmentFrames)
        : m_work(work)
        , m_writer(std::move(writer))
        , m_sound(sound)
        , m_segmentFrames(segmentFrames)
    {
    }
    std::int64_t framesDone() const override { return m_writer->pictures(); }
    void setEarlierSeconds(double seconds) override { m_clock.setEarlierSeconds(seconds); }
    Status write(const cv::Mat& bgr) override
    {
        if (auto written = m_writer->write(bgr); !written)
            return written;
        return framesDone() - m_work.frames() >= m_segmentFrames ? remember() : Status();
    }
    Status finish() override
    {
        if (framesDone() > m_work.frames()) {
            if (auto remembered = remember(); !remembered)
                return remembered;
        }
        if (auto written = m_writer->writeSound(m_sound); !written)
            return written;
        if (const auto folder = media::identify(m_writer->part())) {
            if (auto remembered = m_work.finish(*folder); !remembered)
                return remembered;
        }
        return m_writer->finish();
    }

private:
    Status remember()
    {
        const auto first = m_work.frames();
        return m_work.append({first, framesDone() - first, m_clock.seconds(), {}, {}});
    }

    media::SegmentFile& m_work;
    const std::unique_ptr<media::PictureSequenceWriter> m_writer;
    const media::PcmAudio& m_sound;
    const int m_segmentFrames;
    WorkClock m_clock;
};

Result<std::unique_ptr<ResumableSink>> openPictureSink(const RenderRequest& request, int segmentFrames,
                                                       const media::PcmAudio& sound, media::SegmentFile& work)
{
    if (work.isNew()) // pictures without their work file are not known to belong to this request
        media::PartFile::removeLeftover(request.output, true);
    auto writer = media::PictureSequenceWriter::resume(request.output, request.overwrite, request.markSynthetic);
    if (!writer)
        return failure(writer);
    if (work.frames() > (*writer)->pictures()) {
        if (auto cleared = work.clear(); !cleared)
            return failure(cleared);
    }
    return std::make_unique<ResumablePictureSink>(work, std::move(*writer), sound, segmentFrames);
}

} // namespace

Result<std::unique_ptr<ResumableSink>> openResumableSink(const RenderRequest& request,
                                                         const avatar::AvatarManifest& manifest,
                                                         const media::PcmAudio& sound, media::SegmentFile& work,
                                                         const std::stop_token& stop)
{
    if (request.pictureSequence)
        return openPictureSink(request, segmentFrames(manifest), sound, work);
    if (auto named = checkVideoName(request.output, request.videoFormat); !named)
        return failure(named);
    // An output that may not be written is told now, not when all is computed.
    if (auto free = media::PartFile::forFile(request.output, request.overwrite); !free)
        return failure(free);
    auto options = videoOptions(request, manifest, sound);
    options.keyframeInterval = segmentFrames(manifest);
    auto writer = media::SegmentWriter::create(work, options);
    if (!writer)
        return failure(writer);
    return std::make_unique<SegmentSink>(work, std::move(*writer), request, std::move(options), sound, stop);
}

} // namespace lipsync::render

// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/clip.h"

#include "avatar/avatar_manifest.h"
#include "avatar/template_video.h"
#include "importing/picture_folder.h"
#include "media/audio_decoder.h"
#include "media/video_reader.h"
#include "media/wav_file.h"

#include <algorithm>
#include <cmath>

namespace lipsync::importing {
namespace fs = std::filesystem;

namespace {

constexpr const char* kClipFile = "template.mp4";
constexpr const char* kSoundFile = "sound.wav";
constexpr double kSameRate = 0.03; // share by which measured rates are off: sound and frames end at different times
constexpr double kIntoFrame = 0.05; // of a frame: time stamps of some containers are whole milliseconds
constexpr double kUsualRates[] = {20.0, 24.0, 25.0, 30.0, 50.0, 60.0};

Result<FrameRange> rangeOf(const Source& source, const ClipOptions& options, int count)
{
    if (count < 2)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} has {} frame(s); an avatar needs at least 2.", source.root.string(), count));
    if (count > avatar::kMaxFrameCount && !options.frames)
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} has more than {} frames, the most an avatar may have. Take a part with --frames.",
                        source.root.string(), avatar::kMaxFrameCount));
    const FrameRange range = options.frames.value_or(FrameRange{0, count - 1});
    if (range.first < 0 || range.last >= count || range.count() < 2)
        return failure(ErrorCode::Usage,
                       fmt::format("{} has frames 0 to {}, not {} to {}.", source.root.string(), count - 1, range.first,
                                   range.last));
    return range;
}

/// Frames that were prepared; those behind them have no landmarks.
int preparedFrames(const Source& source, int found, Clip& clip)
{
    if (!source.info.frameCount || *source.info.frameCount == found)
        return found;
    if (*source.info.frameCount > found)
        clip.warnings.push_back(fmt::format("The package speaks of {} frames, but {} are there; those are imported.",
                                            *source.info.frameCount, found));
    return std::min(found, *source.info.frameCount);
}

/// A data set's pictures, one after the other, into a template.
class PictureClip {
public:
    PictureClip(const Source& source, const ClipOptions& options, Clip& clip)
        : m_source(source)
        , m_options(options)
        , m_clip(clip)
    {
    }

    Status chooseRate(int pictures)
    {
        m_clip.sourceRate = m_options.pictureRate.value_or(m_options.frameRate);
        if (m_options.pictureRate || m_source.sound.empty())
            return {};
        const auto sound = media::decodeSpeech(m_source.sound);
        if (!sound && sound.error().code != ErrorCode::InvalidInput)
            return failure(sound);
        if (!sound) {
            m_clip.warnings.push_back("The recording beside the pictures cannot be used. " + sound.error().message);
            m_soundIsUsable = false;
            return {};
        }
        const double measured = pictures / sound->seconds();
        if (std::abs(measured / m_options.frameRate - 1.0) <= kSameRate)
            return {};
        for (const double rate : kUsualRates) {
            if (std::abs(measured / rate - 1.0) > kSameRate)
                continue;
            m_clip.sourceRate = rate;
            m_clip.warnings.push_back(fmt::format("By their sound the pictures were taken at {:g} a second; they are "
                                                  "brought to {}.",
                                                  rate, m_options.frameRate));
            return {};
        }
        m_clip.warnings.push_back(fmt::format("{} pictures and {:.1f} s of sound do not fit each other; {} pictures a "
                                              "second are assumed. Say --picture-rate if that is wrong.",
                                              pictures, sound->seconds(), m_options.frameRate));
        return {};
    }

    Status write(const fs::path& file, const std::function<void(double)>& progress, const std::stop_token& stop)
    {
        std::unique_ptr<media::VideoWriter> writer;
        cv::Mat picture;
        int shown = -1;
        const auto frames = chooseFrames();
        for (std::size_t i = 0; i < frames.size(); ++i) {
            if (stop.stop_requested())
                return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
            if (frames[i] != shown) {
                auto read = readNext(frames[i]);
                if (!read)
                    return failure(read);
                picture = std::move(*read);
                shown = frames[i];
            }
            if (!writer) {
                auto created = media::VideoWriter::create(
                    file,
                    avatar::templateEncoding(picture.cols, picture.rows, m_options.frameRate, 1, m_options.threads));
                if (!created)
                    return failure(created);
                writer = std::move(*created);
            }
            if (auto written = writer->write(picture); !written)
                return written;
            progress(static_cast<double>(i + 1) / static_cast<double>(frames.size()));
        }
        m_clip.sourceFrames = frames;
        m_clip.size = {m_size.width + m_size.width % 2, m_size.height + m_size.height % 2};
        m_clip.video = file;
        return writer->finish();
    }

    Status writeSound(const fs::path& file, const std::stop_token& stop)
    {
        if (m_source.sound.empty() || !m_soundIsUsable)
            return {};
        const double from = m_clip.range.first / m_clip.sourceRate;
        const double seconds = static_cast<double>(m_clip.sourceFrames.size()) / m_options.frameRate;
        const auto sound = media::decodeSpeechAt(m_source.sound, from, seconds, stop);
        if (!sound)
            return failure(sound);
        m_clip.sound = file;
        return media::writeWav(file, sound->samples, sound->sampleRate);
    }

private:
    /// As makeTemplateVideo() has it: the picture at the middle of each frame.
    std::vector<int> chooseFrames() const
    {
        constexpr double kTolerance = 1e-6;
        std::vector<int> frames;
        for (int n = 0;; ++n) {
            const double middle = (n + 0.5) / m_options.frameRate;
            const int frame =
                m_clip.range.first + static_cast<int>(std::floor(middle * m_clip.sourceRate + kTolerance));
            if (frame > m_clip.range.last || n == avatar::kMaxFrameCount)
                return frames;
            frames.push_back(frame);
        }
    }

    Result<cv::Mat> readNext(int frame)
    {
        auto picture = readPicture(m_source.pictures, frame);
        if (!picture)
            return failure(picture);
        if (m_size.empty())
            m_size = picture->size();
        if (picture->size() != m_size)
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{}: picture {} is {} × {} pixels, but those before are {} × {}.",
                                       m_source.pictures.string(), frame, picture->cols, picture->rows, m_size.width,
                                       m_size.height));
        return picture;
    }

    const Source& m_source;
    const ClipOptions& m_options;
    Clip& m_clip;
    cv::Size m_size;
    bool m_soundIsUsable = true;
};

Result<Clip> makePictureClip(const Source& source, const fs::path& folder, const ClipOptions& options,
                             const std::function<void(double)>& progress, const std::stop_token& stop)
{
    Clip clip;
    const int pictures = countPictures(source.pictures);
    const auto range = rangeOf(source, options, preparedFrames(source, pictures, clip));
    if (!range)
        return failure(range);
    clip.range = *range;
    PictureClip maker(source, options, clip);
    if (auto chosen = maker.chooseRate(pictures); !chosen)
        return failure(chosen);
    if (auto written = maker.write(folder / kClipFile, progress, stop); !written)
        return failure(written);
    if (auto written = maker.writeSound(folder / kSoundFile, stop); !written)
        return failure(written);
    return clip;
}

/// Crop rectangles are in the pixels of the file; a turned or stretched picture has others.
Status checkPixels(const Source& source, const media::VideoInfo& stored, const avatar::TemplateVideoReport& made)
{
    const bool isSame = made.rotationDegrees == 0 && made.width == stored.width + stored.width % 2 &&
        made.height == stored.height + stored.height % 2;
    if (source.kind == SourceKind::Video || isSame)
        return {};
    return failure(ErrorCode::InvalidInput,
                   fmt::format("{} is shown turned or stretched, so the landmarks beside it do not fit what it shows. "
                               "Prepare the package again.",
                               source.video.string()));
}

Result<Clip> makeVideoClip(const Source& source, const fs::path& folder, const ClipOptions& options,
                           const std::function<void(double)>& progress, const std::stop_token& stop)
{
    Clip clip;
    const auto stored = media::probeVideo(source.video);
    if (!stored)
        return failure(stored);
    avatar::TemplateVideoOptions making;
    making.frameRateNumerator = options.frameRate;
    making.threads = options.threads;
    making.soundFile = folder / kSoundFile;
    making.startSeconds = options.startSeconds;
    making.seconds = options.seconds;
    if (source.kind != SourceKind::Video) {
        const auto count = static_cast<int>(std::min<std::int64_t>(stored->frameCount, avatar::kMaxFrameCount + 1));
        const auto range = rangeOf(source, options, preparedFrames(source, count, clip));
        if (!range)
            return failure(range);
        clip.range = *range;
        if (!(stored->frameRate > 0.0))
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{} does not say how many frames a second it has. Convert it to MP4 first.",
                                       source.video.string()));
        if (source.info.frameRate && std::abs(*source.info.frameRate / stored->frameRate - 1.0) > kSameRate)
            clip.warnings.push_back(fmt::format("The package speaks of {:g} frames a second, but {} has {:g}; that is "
                                                "believed.",
                                                *source.info.frameRate, source.video.filename().string(),
                                                stored->frameRate));
        making.startSeconds = clip.range.first == 0 ? 0.0 : (clip.range.first + kIntoFrame) / stored->frameRate;
        making.seconds = clip.range.count() / stored->frameRate;
    }
    auto report = avatar::makeTemplateVideo(
        source.video, folder / kClipFile, making,
        [&](const avatar::TemplateVideoProgress& state) { progress(state.share); }, stop);
    if (!report)
        return failure(report);
    if (auto same = checkPixels(source, *stored, *report); !same)
        return failure(same);
    clip.video = folder / kClipFile;
    clip.sound = report->hasSound ? folder / kSoundFile : fs::path();
    clip.size = {report->width, report->height};
    clip.sourceRate = report->sourceFrameRate;
    clip.warnings.insert(clip.warnings.end(), report->warnings.begin(), report->warnings.end());
    clip.sourceFrames = std::move(report->sourceFrames);
    if (source.kind == SourceKind::Video)
        clip.range = {0, clip.sourceFrames.back()};
    for (int& frame : clip.sourceFrames)
        frame = std::min(frame + clip.range.first, clip.range.last);
    return clip;
}

} // namespace

Result<Clip> makeClip(const Source& source, const fs::path& folder, const ClipOptions& options,
                      const std::function<void(double)>& progress, const std::stop_token& stop)
{
    return source.video.empty() ? makePictureClip(source, folder, options, progress, stop)
                                : makeVideoClip(source, folder, options, progress, stop);
}

} // namespace lipsync::importing

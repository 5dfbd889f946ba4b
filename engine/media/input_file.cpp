// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/input_file.h"

#include "media/ffmpeg_log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <system_error>

extern "C" {
#include <libavutil/display.h>
}

namespace lipsync::media {
namespace {

namespace fs = std::filesystem;

constexpr int kQuarterTurn = 90;
constexpr int kFullTurn = 360;

Status checkReadable(const fs::path& file)
{
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (status.type() == fs::file_type::not_found)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("There is no file {}. Check the name and the folder.", quoted(file)));
    if (error)
        return failure(ErrorCode::Resource, fmt::format("The file {} cannot be looked at.", quoted(file)),
                       error.message());
    if (status.type() == fs::file_type::directory)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is a folder. Give a sound or video file.", quoted(file)));
    if (status.type() == fs::file_type::regular && fs::file_size(file, error) == 0 && !error)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The file {} is empty (0 bytes). Record or copy it again.", quoted(file)));
    return {};
}

// What kept a container from being opened: the machine, or what the file holds.
tl::unexpected<Error> openFailure(const fs::path& file, int code)
{
    if (code == AVERROR(ENOMEM))
        return failure(ErrorCode::Resource, fmt::format("Not enough memory to read {}.", quoted(file)),
                       ffmpegCause(code));
    if (code == AVERROR(EACCES) || code == AVERROR(EPERM) || code == AVERROR(EIO) || code == AVERROR(EMFILE))
        return failure(ErrorCode::Resource,
                       fmt::format("The file {} cannot be opened. Check its permissions and its disk.", quoted(file)),
                       ffmpegCause(code));
    return failure(ErrorCode::InvalidInput,
                   fmt::format("{} is not a whole sound or video file: no format we know fits what it holds. Give for "
                               "example a WAV, FLAC, MP3 or MP4 file.",
                               quoted(file)),
                   ffmpegCause(code));
}

// Playlists and manifests name other files, also in the network; they are no recordings themselves.
bool isListOfOtherFiles(const AVInputFormat& kind)
{
    constexpr std::array<std::string_view, 6> kLists{"hls", "dash", "concat", "imf", "sdp", "webm_dash_manifest"};
    const std::string_view name = kind.name;
    return std::find(kLists.begin(), kLists.end(), name.substr(0, name.find(','))) != kLists.end();
}

} // namespace

bool InputFile::isQuickTime() const
{
    return std::strstr(format->iformat->name, "mov") != nullptr;
}

std::string quoted(const fs::path& file)
{
    return fmt::format("'{}'", file.string());
}

std::string localUrl(const fs::path& file)
{
    return "file:" + file.string();
}

Result<InputPointer> openContainer(const fs::path& file)
{
    if (const Status readable = checkReadable(file); !readable)
        return failure(readable);
    listenToFfmpeg();
    AVIOContext* source = nullptr;
    int code = avio_open(&source, localUrl(file).c_str(), AVIO_FLAG_READ);
    FilePointer bytes(source);
    const AVInputFormat* kind = nullptr;
    if (code >= 0)
        code = av_probe_input_buffer2(source, &kind, file.c_str(), nullptr, 0, 0);
    if (code >= 0 && isListOfOtherFiles(*kind))
        code = AVERROR_INVALIDDATA;
    AVFormatContext* opened = code >= 0 ? avformat_alloc_context() : nullptr;
    if (code >= 0 && opened == nullptr)
        code = AVERROR(ENOMEM);
    if (code >= 0) {
        opened->pb = source;
        code = avformat_open_input(&opened, localUrl(file).c_str(), kind, nullptr); // frees `opened` when it fails
    }
    if (code < 0)
        return openFailure(file, code);
    (void)bytes.release(); // InputPointer closes it from here on
    InputPointer format(opened);
    code = avformat_find_stream_info(format.get(), nullptr);
    if (code < 0)
        return openFailure(file, code);
    return format;
}

AVStream* findStream(AVFormatContext& format, AVMediaType type)
{
    AVStream* first = nullptr;
    for (unsigned int i = 0; i < format.nb_streams; ++i) {
        AVStream* stream = format.streams[i];
        if (stream->codecpar->codec_type != type || (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0)
            continue;
        if ((stream->disposition & AV_DISPOSITION_DEFAULT) != 0)
            return stream;
        if (first == nullptr)
            first = stream;
    }
    return first;
}

int rotationOf(const AVStream& stream)
{
    const std::uint8_t* matrix = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
    if (matrix == nullptr)
        return 0;
    // FFmpeg gives the counter-clockwise turn that shows the pictures upright.
    const double angle = -av_display_rotation_get(reinterpret_cast<const std::int32_t*>(matrix));
    if (std::isnan(angle))
        return 0;
    const int quarters = static_cast<int>(std::lround(angle / kQuarterTurn));
    return ((quarters * kQuarterTurn) % kFullTurn + kFullTurn) % kFullTurn;
}

Result<InputFile> openInput(const fs::path& file, AVMediaType type, int threads)
{
    auto format = openContainer(file);
    if (!format)
        return failure(format);
    InputFile input;
    input.format = std::move(*format);
    const bool wantsSound = type == AVMEDIA_TYPE_AUDIO;
    input.stream = findStream(*input.format, type);
    if (input.stream == nullptr)
        return failure(
            ErrorCode::InvalidInput,
            wantsSound
                ? fmt::format("{} has no sound: there is no audio stream in it. Give a file with "
                              "somebody speaking.",
                              quoted(file))
                : fmt::format("{} has no pictures: there is no video stream in it. Give a video file.", quoted(file)));
    for (unsigned int i = 0; i < input.format->nb_streams; ++i)
        if (input.format->streams[i] != input.stream)
            input.format->streams[i]->discard = AVDISCARD_ALL;

    const AVCodec* decoder = avcodec_find_decoder(input.stream->codecpar->codec_id);
    if (decoder == nullptr)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is encoded as {}, for which this FFmpeg has no decoder. Convert it first.",
                                   quoted(file), avcodec_get_name(input.stream->codecpar->codec_id)));
    input.codec.reset(avcodec_alloc_context3(decoder));
    if (!input.codec)
        return failure(ErrorCode::Resource, fmt::format("Not enough memory to read {}.", quoted(file)));
    int code = avcodec_parameters_to_context(input.codec.get(), input.stream->codecpar);
    if (code >= 0) {
        input.codec->pkt_timebase = input.stream->time_base;
        input.codec->thread_count = threads;
        code = avcodec_open2(input.codec.get(), decoder, nullptr);
    }
    if (code < 0)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The {} of {} cannot be decoded ({}).", wantsSound ? "sound" : "video", quoted(file),
                                   decoder->name),
                       ffmpegCause(code));
    return input;
}

} // namespace lipsync::media

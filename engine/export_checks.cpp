// SPDX-License-Identifier: GPL-3.0-or-later
#include "export_checks.h"

#include "avatar/avatar_package.h"
#include "base/file_system.h"
#include "media/audio_decoder.h"
#include "render/frame_sink.h"
#include "render_export.h"
#include "session/speech_session.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include <unistd.h>

namespace lipsync {

namespace {

namespace fs = std::filesystem;

/// Bytes a pixel of one frame, at the least.
constexpr double kVideoBytesPerPixel = 0.01, kProResBytesPerPixel = 0.2, kPngBytesPerPixel = 0.3;

Status checkFormat(const ExportRequest& request)
{
    for (const auto& format : exportFormats())
        if (format.format == request.format && !format.problem.empty())
            return failure(ErrorCode::Resource, format.problem);
    constexpr int kWorstQuality = 51;
    if (request.quality < 0 || request.quality > kWorstQuality)
        return failure(ErrorCode::Usage,
                       fmt::format("Quality {} is outside 0 (best) to {}.", request.quality, kWorstQuality));
    if (request.format == ExportFormat::PngSequence)
        return {};
    return render::checkVideoName(request.output, renderRequest(request).videoFormat);
}

fs::path folderOf(const fs::path& output)
{
    const auto named = output.has_filename() ? output : output.parent_path();
    return named.has_parent_path() ? named.parent_path() : fs::path(".");
}

Status checkOutput(const ExportRequest& request)
{
    if (auto kept = checkKeepsInputs(request.output, {request.avatar, request.voice, request.features}); !kept)
        return kept;
    std::error_code ignored;
    const auto folder = folderOf(request.output);
    if (!fs::is_directory(folder, ignored))
        return failure(ErrorCode::Resource, fmt::format("There is no folder {}. Create it first.", folder.string()));
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        return failure(ErrorCode::Resource,
                       fmt::format("The folder {} cannot be written. Check its permissions.", folder.string()));
    const auto status = fs::symlink_status(request.output, ignored);
    if (status.type() == fs::file_type::not_found)
        return {};
    const bool isFolder = request.format == ExportFormat::PngSequence;
    if (status.type() != (isFolder ? fs::file_type::directory : fs::file_type::regular))
        return failure(ErrorCode::Usage,
                       fmt::format("{} exists and is no {}, so it is not replaced. Choose another name.",
                                   request.output.string(), isFolder ? "folder" : "ordinary file"));
    if (!request.overwrite)
        return failure(ErrorCode::Usage,
                       fmt::format("{} exists already. Allow that it is replaced, or choose another name.",
                                   request.output.string()));
    return {};
}

std::string sizeText(std::uintmax_t bytes)
{
    constexpr double kGigabyte = 1e9, kMegabyte = 1e6;
    const auto size = static_cast<double>(bytes);
    return size >= kGigabyte ? fmt::format("{:.1f} GB", size / kGigabyte) : fmt::format("{:.0f} MB", size / kMegabyte);
}

} // namespace

std::uintmax_t leastBytes(ExportFormat format, std::int64_t frames, int width, int height)
{
    const double pixels = static_cast<double>(frames) * width * height;
    switch (format) {
    case ExportFormat::PngSequence:
        return static_cast<std::uintmax_t>(pixels * kPngBytesPerPixel);
    case ExportFormat::ProRes:
        return static_cast<std::uintmax_t>(2 * pixels * kProResBytesPerPixel);
    case ExportFormat::Mp4:
    case ExportFormat::WebM:
        break;
    }
    return static_cast<std::uintmax_t>(2 * pixels * kVideoBytesPerPixel);
}

Status checkRoom(const fs::path& folder, std::uintmax_t needed, std::uintmax_t available)
{
    if (available >= needed)
        return {};
    return failure(ErrorCode::Resource,
                   fmt::format("The disk of {} has {} free, and this export needs at least {}. Make room or choose "
                               "another folder.",
                               folder.string(), sizeText(available), sizeText(needed)));
}

Result<std::int64_t> checkExport(const ExportRequest& request)
{
    if (auto fits = checkFormat(request); !fits)
        return failure(fits);
    if (auto free = checkOutput(request); !free)
        return failure(free);
    const auto package = avatar::AvatarPackage::open(request.avatar);
    if (!package)
        return failure(package);
    if (auto trained = (*package)->checkTrained(); !trained)
        return failure(trained);
    const auto voice = media::decodeSpeech(request.voice);
    if (!voice)
        return failure(voice);
    if (const auto features = session::featuresOf(**package, request.voice, request.features); !features)
        return failure(features);
    const auto& manifest = (*package)->manifest();
    const auto frames = std::max<std::int64_t>(1, std::llround(voice->seconds() * manifest.frameRate()));
    std::error_code problem;
    const auto folder = folderOf(request.output);
    const auto space = fs::space(folder, problem);
    if (problem) // some file systems do not tell
        return frames;
    const auto needed = leastBytes(request.format, frames, manifest.frameWidth, manifest.frameHeight);
    if (auto roomy = checkRoom(folder, needed, space.available); !roomy)
        return failure(roomy);
    return frames;
}

fs::path freeNameBeside(const fs::path& output, const std::function<bool(const fs::path&)>& isTaken)
{
    const auto named = output.has_filename() ? output : output.parent_path();
    for (int number = 2;; ++number) {
        auto name = named;
        name.replace_filename(fmt::format("{}-{}{}", named.stem().string(), number, named.extension().string()));
        if (!isTaken(name))
            return name;
    }
}

} // namespace lipsync

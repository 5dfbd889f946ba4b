// SPDX-License-Identifier: GPL-3.0-or-later
#include "descriptions.h"

#include "importing/archive.h"
#include "importing/source.h"
#include "media/media_summary.h"
#include "nn/checkpoint/weights_file.h"

#include <array>
#include <fstream>
#include <string_view>

namespace lipsync {

namespace fs = std::filesystem;

namespace {

bool needsFeatures(nn::AudioMode mode)
{
    return mode == nn::AudioMode::Hubert || mode == nn::AudioMode::Wenet;
}

std::uint64_t bytesOf(const avatar::AvatarPackage& package)
{
    const auto sizeOf = [&](const std::string& name) -> std::uint64_t {
        std::error_code error;
        const auto bytes = fs::file_size(package.folder() / name, error);
        return error ? 0 : bytes;
    };
    std::uint64_t total = sizeOf(avatar::kManifestFile);
    for (const auto& [name, hash] : package.manifest().fileHashes)
        total += sizeOf(name);
    return total;
}

FileDescription unknown(std::string sentence)
{
    return {FileKind::Unknown, std::move(sentence)};
}

FileDescription describeAvatarFolder(const fs::path& folder)
{
    const auto package = avatar::AvatarPackage::open(folder, {.verifyHashes = false});
    if (!package)
        return unknown(package.error().text());
    const auto info = describe(**package);
    const auto size = fmt::format("{} frames of {} × {} pixels", info.templateFrames, info.width, info.height);
    if (!info.isTrained)
        return {FileKind::Avatar,
                fmt::format("The avatar '{}' of {}, which is prepared and has to be trained before it speaks.",
                            info.title, size)};
    if (!info.speaksAnyVoice)
        return {FileKind::Avatar,
                fmt::format("The avatar '{}' of {}, which speaks voices whose features were computed elsewhere.",
                            info.title, size)};
    return {FileKind::Avatar, fmt::format("The avatar '{}' of {}, which is ready to speak.", info.title, size)};
}

FileDescription describeFolder(const fs::path& folder)
{
    std::error_code ignored;
    if (folder.extension() == ".avatar" || fs::exists(folder / avatar::kManifestFile, ignored))
        return describeAvatarFolder(folder);
    const auto source = importing::recogniseSource(folder);
    if (!source)
        return unknown(source.error().text());
    return {FileKind::Importable, fmt::format("'{}' can be imported: {}.", folder.string(), source->description())};
}

constexpr const char* kProjectSuffix = ".lipsync";

/// A JSON object that says near its beginning that it is a project.
bool isProject(const fs::path& file)
{
    std::array<char, 4096> beginning{};
    std::ifstream stream(file, std::ios::binary);
    stream.read(beginning.data(), beginning.size());
    const std::string_view text(beginning.data(), static_cast<std::size_t>(stream.gcount()));
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '{' && text.find(kProjectFormat) != std::string_view::npos;
}

FileDescription describeZip(const fs::path& file)
{
    if (importing::isArchiveOfSource(file))
        return {FileKind::Importable,
                fmt::format("'{}' can be imported: an archive of a data set or package.", file.string())};
    if (importing::zipHolds(file, avatar::kManifestFile))
        return unknown(
            fmt::format("'{}' is an archive of an avatar. Unpack it and open its folder NAME.avatar.", file.string()));
    constexpr const char* kPickle = "data.pkl"; // of torch.save() and torch.jit.save()
    if (importing::zipHolds(file, kPickle))
        return {FileKind::Checkpoint, {}};
    return unknown(
        fmt::format("'{}' is an archive without a data set, a package or weights that are known here.", file.string()));
}

FileDescription describeMedia(const fs::path& file, const media::MediaSummary& media)
{
    const auto length = media.seconds > 0 ? fmt::format(" of {:.1f} s", media.seconds) : std::string();
    if (media.hasVideo()) {
        const auto what =
            fmt::format("'{}' is a video{}, {} × {} pixels", file.string(), length, media.width, media.height);
        return {FileKind::Video, media.hasSound() ? what + ", with sound." : what + ", without sound."};
    }
    if (media.hasSound())
        return {FileKind::Voice, fmt::format("'{}' is sound{}, {} Hz.", file.string(), length, media.sampleRate)};
    if (media.isStillPicture)
        return unknown(fmt::format("'{}' is a single picture. An avatar is made of a video of somebody who talks.",
                                   file.string()));
    return unknown(fmt::format("There is neither sound nor a video in '{}'.", file.string()));
}

FileDescription describeRegularFile(const fs::path& file)
{
    if (isProject(file))
        return {FileKind::Project, fmt::format("'{}' is a project of the studio.", file.string())};
    FileDescription found;
    if (importing::isZip(file))
        found = describeZip(file);
    else if (nn::beginsAsWeights(file))
        found.kind = FileKind::Checkpoint;
    if (found.kind == FileKind::Checkpoint)
        found.sentence = fmt::format("'{}' holds weights of a network: they are imported together with the data set, "
                                     "package or video that they belong to.",
                                     file.string());
    if (!found.sentence.empty())
        return found;
    const auto media = media::summariseMedia(file);
    if (media && !media->isText)
        return describeMedia(file, *media);
    if (!media && media.error().code != ErrorCode::InvalidInput)
        return unknown(media.error().text());
    if (file.extension() == kProjectSuffix)
        return unknown(
            fmt::format("'{}' is a damaged project file: it does not begin as one of the studio does. Take a "
                        "backup of it.",
                        file.string()));
    return unknown(fmt::format("'{}' is no sound, video, project, data set or package; {}.", file.string(),
                               nn::describeNoWeights(file)));
}

} // namespace

AvatarInfo describe(const avatar::AvatarPackage& package)
{
    const auto& manifest = package.manifest();
    AvatarInfo info;
    info.folder = package.folder();
    info.name = manifest.name;
    info.title = manifest.title;
    info.attribution = manifest.attribution;
    info.licence = manifest.licence;
    info.network = package.isTrained() ? manifest.network.name() : "not trained yet";
    info.width = manifest.frameWidth;
    info.height = manifest.frameHeight;
    info.templateFrames = manifest.frameCount;
    info.frameRate = manifest.frameRate();
    info.thumbnail = package.thumbnailFile();
    info.isTrained = package.isTrained();
    info.speaksAnyVoice = !needsFeatures(manifest.network.mode);
    info.bytes = bytesOf(package);
    return info;
}

FileDescription describeFile(const fs::path& path)
{
    std::error_code error;
    const auto status = fs::status(path, error);
    switch (status.type()) {
    case fs::file_type::not_found:
        return unknown(fmt::format("There is no file or folder '{}'. Check the name.", path.string()));
    case fs::file_type::directory:
        return describeFolder(path);
    case fs::file_type::regular:
        break;
    default: // opening a pipe or a device could wait for ever
        return unknown(fmt::format("'{}' is neither a file nor a folder that can be read.", path.string()));
    }
    if (std::ifstream(path, std::ios::binary).get() == std::ifstream::traits_type::eof())
        return unknown(fs::file_size(path, error) == 0
                           ? fmt::format("'{}' is empty (0 bytes). Record or copy it again.", path.string())
                           : fmt::format("'{}' cannot be read. Check its permissions.", path.string()));
    return describeRegularFile(path);
}

} // namespace lipsync

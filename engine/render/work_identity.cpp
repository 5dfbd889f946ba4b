// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/work_identity.h"

#include "avatar/avatar_manifest.h"
#include "base/file_system.h"
#include "media/media_version.h"

namespace lipsync::render {

namespace {

/// The text of one line of an identity, "NAME CONTENT".
std::string line(const std::string& identity, const std::string& name)
{
    const auto start = identity.find(fmt::format("{} ", name));
    if (start == std::string::npos)
        return {};
    return identity.substr(start, identity.find('\n', start) - start);
}

} // namespace

Result<std::string> workIdentity(const RenderRequest& request)
{
    const auto avatar = sha256(request.avatar / avatar::kManifestFile); // which has the hash of every other file
    if (!avatar)
        return failure(avatar);
    const auto voice = sha256(request.voice);
    if (!voice)
        return failure(voice);
    std::string features = "none";
    if (!request.features.empty()) {
        const auto hash = sha256(request.features);
        if (!hash)
            return failure(hash);
        features = *hash;
    }
    return fmt::format("avatar {}\nvoice {}\nfeatures {}\nsettings {} {} {} {} {} {}\nencoders {}\n", *avatar, *voice,
                       features, request.pictureSequence, static_cast<int>(request.videoFormat), request.quality,
                       request.preset, static_cast<int>(request.paste), request.markSynthetic, media::ffmpegVersion());
}

std::string changeNote(const std::string& former, const std::string& present)
{
    const auto differs = [&](const char* name) { return line(former, name) != line(present, name); };
    if (differs("avatar"))
        return "The avatar has changed since this export began, so it was begun anew.";
    if (differs("voice") || differs("features"))
        return "The voice has changed since this export began, so it was begun anew.";
    if (differs("settings"))
        return "The settings have changed since this export began, so it was begun anew.";
    return "FFmpeg has changed since this export began, so it was begun anew.";
}

} // namespace lipsync::render

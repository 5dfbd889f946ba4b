// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "importing/package_files.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace lipsync::importing {

/// What can be imported, told by its content.
enum class SourceKind {
    DataSet, ///< pictures and landmarks as SyncTalk_2D and Ultralight-Digital-Human prepare them
    Package, ///< package_info.json 2.0 with full_body_video.mp4 (specification section 2.1)
    OlderPackage, ///< its forerunner: video.mp4, face_bounds/, models/
    Video, ///< any video
};

/// A source and where its parts are. Paths are empty where it has none.
struct Source {
    SourceKind kind = SourceKind::Video;
    std::filesystem::path root; ///< folder, or the video file itself
    std::filesystem::path video; ///< of the full frames
    std::filesystem::path pictures; ///< folder of 0.jpg, 1.jpg, …, where there is no video
    std::filesystem::path landmarks; ///< folder of 0.lms, 1.lms, …
    std::filesystem::path rectangles; ///< crop_rects.json, cache/crop_rectangles.json or the folder face_bounds/
    std::filesystem::path sound; ///< a recording that belongs to the frames
    std::map<nn::AudioMode, std::filesystem::path> features; ///< aud_ave.npy, aud_hu.npy, aud_wenet.npy
    PackageInfo info; ///< of packages

    /// One line that says what was recognised, e.g. "SyncTalk_2D or Ultralight data set of 523 pictures".
    std::string description() const;

    /// What its network listens to, as far as the source tells: by its info, or by the only features it has.
    std::optional<nn::AudioMode> mode() const;
};

/// Looks at a folder (or at the only folder inside of it) or a file and says what it is; an archive is unpacked by
/// the caller first. InvalidInput lists what was looked for where it is nothing known, and says what to do where it
/// is known but no source: weights alone, an avatar, a package without its frames.
Result<Source> recogniseSource(const std::filesystem::path& path);

/// Whether an archive holds a data set or package, as far as the names in it tell; nothing is unpacked.
bool isArchiveOfSource(const std::filesystem::path& file);

/// Whether a file of an archive belongs to a source: everything but the prepared crops of its frames and what
/// nobody reads.
bool isPartOfSource(const std::string& path);

} // namespace lipsync::importing

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>

namespace lipsync::media {

/// Name of the sound that belongs to a sequence of pictures, in their folder.
inline constexpr const char* kSequenceSoundFile = "sound.wav";

/// The unfinished neighbour `target.part` of an output, which becomes the output when it is whole and is removed
/// when it never gets there. One thread at a time.
class PartFile {
public:
    /// Whether `target` may become a file. InvalidInput when it exists and may not be replaced or is no ordinary file,
    /// Resource when its folder is not there.
    static Result<PartFile> forFile(const std::filesystem::path& target, bool overwrite);

    /// The same for a folder of pictures, whose neighbour is created; one that is there is emptied, unless it is to be
    /// continued. A folder that is replaced may hold frame-*.png and their sound.wav only.
    static Result<PartFile> forPictureFolder(const std::filesystem::path& target, bool overwrite,
                                             bool isContinued = false);

    /// Removes what an earlier run left beside `target`, where it is of our kind.
    static void removeLeftover(const std::filesystem::path& target, bool isFolder);

    ~PartFile();
    PartFile(PartFile&& other) noexcept;
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    const std::filesystem::path& target() const { return m_target; }
    const std::filesystem::path& part() const { return m_part; }

    /// Writes what the system still holds back to the disk, then renames the neighbour to the target.
    Status publish();

    /// Removes the neighbour.
    void discard() noexcept;

    /// Lets the neighbour stay when it is not published, for another run.
    void keep() noexcept { m_isPending = false; }

private:
    PartFile(std::filesystem::path target, bool overwrite, bool isFolder);
    Status checkTarget() const;

    std::filesystem::path m_target;
    std::filesystem::path m_part;
    bool m_overwrite = false;
    bool m_isFolder = false;
    bool m_isPending = true;
};

} // namespace lipsync::media

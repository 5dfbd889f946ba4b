// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/part_file.h"

#include "media/input_file.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace lipsync::media {
namespace {

namespace fs = std::filesystem;

// fsync of a file or folder; some file systems do not know it for folders, which is no failure.
int makeDurable(const fs::path& path)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return errno;
    const int code = ::fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
    ::close(descriptor);
    return code;
}

fs::path folderOf(const fs::path& path)
{
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path partOf(const fs::path& target)
{
    fs::path part = target;
    part += ".part";
    return part;
}

bool holdsOnlyPictures(const fs::path& folder)
{
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        const bool isPicture = name.starts_with("frame-") && name.ends_with(".png");
        if (!isPicture && !name.starts_with(kSequenceSoundFile)) // or its unfinished neighbour
            return false;
    }
    return !error;
}

} // namespace

PartFile::PartFile(fs::path target, bool overwrite, bool isFolder)
    : m_target(std::move(target))
    , m_part(partOf(m_target))
    , m_overwrite(overwrite)
    , m_isFolder(isFolder)
{
}

PartFile::PartFile(PartFile&& other) noexcept
    : m_target(std::move(other.m_target))
    , m_part(std::move(other.m_part))
    , m_overwrite(other.m_overwrite)
    , m_isFolder(other.m_isFolder)
    , m_isPending(std::exchange(other.m_isPending, false))
{
}

PartFile::~PartFile()
{
    discard();
}

Result<PartFile> PartFile::forFile(const fs::path& target, bool overwrite)
{
    PartFile file(target, overwrite, false);
    if (const Status usable = file.checkTarget(); !usable) {
        file.m_isPending = false;
        return failure(usable);
    }
    return file;
}

Result<PartFile> PartFile::forPictureFolder(const fs::path& target, bool overwrite, bool isContinued)
{
    PartFile folder(target.has_filename() ? target : target.parent_path(), overwrite, true);
    const auto refuse = [&](tl::unexpected<Error> error) {
        folder.m_isPending = false;
        return error;
    };
    if (const Status usable = folder.checkTarget(); !usable)
        return refuse(failure(usable));
    std::error_code error;
    // A neighbour of that name is what an interrupted run left; anything else in it is somebody's.
    if (fs::exists(folder.m_part, error)) {
        if (!holdsOnlyPictures(folder.m_part))
            return refuse(failure(ErrorCode::InvalidInput,
                                  fmt::format("{} is in the way and holds more than our pictures. Move it or choose "
                                              "another name.",
                                              quoted(folder.m_part))));
        if (!isContinued)
            fs::remove_all(folder.m_part, error);
    }
    if (!error)
        fs::create_directory(folder.m_part, error);
    if (error)
        return refuse(failure(ErrorCode::Resource,
                              fmt::format("The folder {} cannot be created. Check that its parent is writable and the "
                                          "disk has room.",
                                          quoted(folder.m_part)),
                              error.message()));
    return folder;
}

void PartFile::removeLeftover(const fs::path& target, bool isFolder)
{
    const auto part = partOf(target.has_filename() ? target : target.parent_path());
    std::error_code ignored;
    if (!isFolder && fs::is_regular_file(fs::symlink_status(part, ignored)))
        fs::remove(part, ignored);
    else if (isFolder && fs::is_directory(fs::symlink_status(part, ignored)) && holdsOnlyPictures(part))
        fs::remove_all(part, ignored);
}

Status PartFile::checkTarget() const
{
    std::error_code error;
    const fs::path folder = folderOf(m_target);
    if (!fs::is_directory(folder, error))
        return failure(ErrorCode::Resource,
                       fmt::format("{} cannot be created: there is no folder {}. Create it first.", quoted(m_target),
                                   quoted(folder)));
    const fs::file_status status = fs::symlink_status(m_target, error);
    if (status.type() == fs::file_type::not_found)
        return {};
    const bool isRightKind = status.type() == (m_isFolder ? fs::file_type::directory : fs::file_type::regular);
    if (!isRightKind)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} exists and is no {}, so it is not replaced. Choose another name.",
                                   quoted(m_target), m_isFolder ? "folder" : "ordinary file"));
    if (!m_overwrite)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} already exists; pass --force to replace it.", quoted(m_target)));
    if (m_isFolder && !holdsOnlyPictures(m_target))
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} holds more than frame-*.png and sound.wav, so it is not replaced. Choose another folder.",
                        quoted(m_target)));
    return {};
}

Status PartFile::publish()
{
    // Looked at again: a long render gives others time to create the same name.
    if (const Status usable = checkTarget(); !usable)
        return usable;
    std::error_code error(makeDurable(m_part), std::system_category());
    if (!error && m_isFolder && fs::exists(m_target, error))
        fs::remove_all(m_target, error);
    if (!error)
        fs::rename(m_part, m_target, error);
    if (error)
        return failure(
            ErrorCode::Resource,
            fmt::format("{} could not be completed. Check that the disk has room and the folder is writable.",
                        quoted(m_target)),
            error.message());
    m_isPending = false;
    // The file is whole either way; a folder that cannot be synced only delays its name's durability.
    (void)makeDurable(folderOf(m_target));
    return {};
}

void PartFile::discard() noexcept
{
    if (!std::exchange(m_isPending, false))
        return;
    std::error_code ignored;
    if (m_isFolder)
        std::filesystem::remove_all(m_part, ignored);
    else
        std::filesystem::remove(m_part, ignored);
}

} // namespace lipsync::media

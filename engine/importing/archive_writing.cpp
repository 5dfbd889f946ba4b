// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/archive_writing.h"

#include "importing/archive.h"

#include <memory>
#include <set>

#include <zip.h>

namespace lipsync::importing {
namespace {

struct ArchiveDeleter {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
using ArchivePointer = std::unique_ptr<zip_t, ArchiveDeleter>;

Status cannotWrite(const std::filesystem::path& file, std::string cause)
{
    return failure(ErrorCode::Resource,
                   fmt::format("The archive {} cannot be written: check the folder, its rights and its free space.",
                               file.string()),
                   std::move(cause));
}

std::string wordsOf(int code)
{
    zip_error_t problem;
    zip_error_init_with_code(&problem, code);
    std::string words = zip_error_strerror(&problem);
    zip_error_fini(&problem);
    return words;
}

} // namespace

Status writeZip(const std::filesystem::path& file, const std::vector<ZipText>& texts)
{
    std::set<std::string> names;
    for (const auto& [name, text] : texts) {
        if (!isInnerPath(name) || !names.insert(name).second)
            return failure(ErrorCode::Usage, fmt::format("'{}' cannot be the name of a file in an archive.", name));
    }
    int code = 0;
    ArchivePointer archive(zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
    if (!archive)
        return cannotWrite(file, wordsOf(code));
    for (const auto& [name, text] : texts) {
        zip_source_t* source = zip_source_buffer(archive.get(), text.data(), text.size(), 0);
        if (!source || zip_file_add(archive.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8) < 0) {
            zip_source_free(source);
            return cannotWrite(file, zip_strerror(archive.get()));
        }
    }
    // Writes to a file of another name beside it first.
    if (zip_close(archive.get()) != 0)
        return cannotWrite(file, zip_strerror(archive.get()));
    static_cast<void>(archive.release()); // is freed by a zip_close() that succeeds
    return {};
}

} // namespace lipsync::importing

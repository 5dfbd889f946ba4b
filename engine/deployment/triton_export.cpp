// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/triton_export.h"

#include "base/file_system.h"
#include "deployment/triton_config.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <stdio.h> // renameat2()
#include <unistd.h>

namespace lipsync::deployment {

namespace {

namespace fs = std::filesystem;

constexpr const char* kConfigFile = "config.pbtxt";
constexpr const char* kVersionFolder = "1";
constexpr const char* kNetworkFile = "model.pt";

std::string nameOf(const avatar::AvatarPackage& avatar)
{
    std::error_code problem;
    const auto folder = fs::weakly_canonical(avatar.folder() / avatar::kManifestFile, problem).parent_path().filename();
    return folder.extension() == ".avatar" ? folder.stem().string() : folder.string();
}

/// Names go into addresses of requests and into folders.
Status checkName(const std::string& name)
{
    constexpr std::size_t kMost = 128;
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (!name.empty() && name.size() <= kMost && name.front() != '.' && name.front() != '-' &&
        name.find_first_not_of(kAllowed) == std::string::npos)
        return {};
    return failure(ErrorCode::Usage,
                   fmt::format("'{}' cannot be a model's name: give it one of letters, digits, '.', '_' and '-' with "
                               "--name.",
                               name));
}

tl::unexpected<Error> unwritable(const fs::path& folder, const std::error_code& problem)
{
    return failure(ErrorCode::Resource, fmt::format("The model repository {} cannot be written.", folder.string()),
                   problem.message());
}

/// Whether the place is free, or holds a model that may be replaced. Something else is never removed.
Status checkPlace(const fs::path& folder, bool replaces)
{
    std::error_code problem;
    const auto status = fs::symlink_status(folder, problem);
    if (!fs::exists(status))
        return {};
    const bool isModel = fs::is_directory(status) && fs::is_regular_file(folder / kConfigFile, problem);
    if (!isModel)
        return failure(ErrorCode::Usage,
                       fmt::format("{} is there already and is no model; choose another name with --name, or another "
                                   "repository.",
                                   folder.string()));
    if (!replaces)
        return failure(ErrorCode::Usage,
                       fmt::format("There is a model {} already: --force replaces it, --name gives this one another "
                                   "name.",
                                   folder.string()));
    return {};
}

/// A folder that is removed again unless it was put in its place.
class UnfinishedFolder {
public:
    explicit UnfinishedFolder(fs::path folder)
        : m_folder(std::move(folder))
    {
        clear(); // what a crash left
    }
    UnfinishedFolder(const UnfinishedFolder&) = delete;
    UnfinishedFolder& operator=(const UnfinishedFolder&) = delete;
    ~UnfinishedFolder() { clear(); }

    const fs::path& path() const { return m_folder; }

    /// Puts it in its place in one step; a model that was there is removed.
    Status moveTo(const fs::path& place) const
    {
        // An exchange: there is a whole model at every moment, and the old one lies here afterwards.
        if (::renameat2(AT_FDCWD, m_folder.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) == 0)
            return {};
        std::error_code problem;
        if (errno == EINVAL || errno == ENOSYS) // a file system or a kernel without exchanges
            fs::remove_all(place, problem);
        fs::rename(m_folder, place, problem);
        if (problem)
            return unwritable(place.parent_path(), problem);
        return {};
    }

private:
    void clear() const
    {
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }

    const fs::path m_folder;
};

/// Writes the network into a model's folder and compares its pictures.
Result<nn::ExportLikeness> writeNetwork(const avatar::AvatarPackage& avatar, const fs::path& folder)
{
    const auto& spec = avatar.manifest().network;
    const auto archive = folder / kVersionFolder / kNetworkFile;
    if (auto written = nn::exportTorchScript(avatar.generatorFile(), spec, archive); !written)
        return failure(written);
    auto likeness = nn::compareExport(avatar.generatorFile(), spec, archive);
    if (likeness && !likeness->isSame())
        return failure(
            ErrorCode::Internal,
            fmt::format("The exported network makes other pictures than {}: {:.2f} % of the bytes differ, by "
                        "up to {}. Please report it.",
                        avatar.folder().string(), 100 * likeness->differing, likeness->largestDifference));
    return likeness;
}

} // namespace

Result<TritonExport> exportTriton(const avatar::AvatarPackage& avatar, const TritonExportOptions& options)
{
    TritonExport result;
    result.name = options.name.empty() ? nameOf(avatar) : options.name;
    result.folder = options.repository / result.name;
    for (const auto& checked :
         {avatar.checkTrained(), checkName(result.name), checkTritonPlan(options.plan),
          checkKeepsInputs(result.folder, {avatar.folder()}), checkPlace(result.folder, options.replaces)}) {
        if (!checked)
            return failure(checked);
    }
    std::error_code problem;
    fs::create_directories(options.repository, problem);
    if (problem)
        return unwritable(options.repository, problem);
    const UnfinishedFolder unfinished(options.repository / ("." + result.name + ".unfinished"));
    fs::create_directories(unfinished.path() / kVersionFolder, problem);
    if (problem)
        return unwritable(options.repository, problem);
    const auto likeness = writeNetwork(avatar, unfinished.path());
    if (!likeness)
        return failure(likeness);
    result.likeness = *likeness;
    const auto& manifest = avatar.manifest();
    const auto config = tritonConfig({result.name, manifest.network, manifest.generatorHash()}, options.plan);
    if (auto written = writeFile(unfinished.path() / kConfigFile, config); !written)
        return failure(written);
    if (auto moved = unfinished.moveTo(result.folder); !moved)
        return failure(moved);
    return result;
}

} // namespace lipsync::deployment

// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker_library.h"

#include "base/file_system.h"

#include <optional>

namespace lipsync::cli {

namespace {

namespace fs = std::filesystem;

std::optional<avatar::AvatarManifest> manifestOf(const fs::path& folder)
{
    const auto text = readFile(folder / avatar::kManifestFile, avatar::kMaxManifestBytes);
    if (!text)
        return {};
    auto manifest = avatar::parseManifest({text->data(), text->size()});
    return manifest ? std::optional(std::move(*manifest)) : std::nullopt;
}

/// The folder itself and those in it.
std::vector<fs::path> candidates(const fs::path& folder)
{
    std::vector<fs::path> found{folder};
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        if (entry.is_directory(ignored))
            found.push_back(entry.path());
    }
    return found;
}

} // namespace

fs::path WorkerLibrary::find(const inference::ModelRequest& request) const
{
    fs::path sameWeights;
    for (const auto& library : m_folders) {
        for (const auto& folder : candidates(library)) {
            const auto manifest = manifestOf(folder);
            if (!manifest)
                continue;
            if (!manifest->isTrained() || manifest->generatorHash() != request.weightsHash)
                continue;
            if (manifest->name == request.name)
                return folder;
            sameWeights = folder;
        }
    }
    return sameWeights;
}

Result<std::shared_ptr<avatar::TemplateFrames>> WorkerLibrary::open(const fs::path& folder)
{
    auto& known = m_opened[folder];
    if (auto opened = known.lock())
        return opened;
    auto package = avatar::AvatarPackage::open(folder);
    if (!package)
        return failure(package);
    // Crops stay once they are made, so decoded pictures need not.
    auto frames = avatar::TemplateFrames::open(std::move(*package), {.memoryBudgetBytes = 0, .decodeThreads = 1});
    if (frames)
        known = *frames;
    return frames;
}

Result<inference::ResolvedModel> WorkerLibrary::resolve(const inference::ModelRequest& request)
{
    const auto folder = find(request);
    if (folder.empty())
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("The worker's library has no avatar with the weights of '{}': copy the avatar there.",
                        request.name));
    const auto frames = open(folder);
    if (!frames)
        return failure(frames);
    const auto& package = (*frames)->package();
    const auto& manifest = package.manifest();
    return inference::ResolvedModel{
        {manifest.name, package.generatorFile(), request.weightsHash, manifest.network, (*frames)->crops()},
        [frames = *frames](int index) -> Status {
            if (frames->crops()->isWritten(index))
                return {};
            const auto frame = frames->frame(index);
            return frame ? Status() : failure(frame);
        }};
}

} // namespace lipsync::cli

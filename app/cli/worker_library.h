// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/template_frames.h"
#include "inference/worker_service.h"

#include <filesystem>
#include <map>
#include <memory>
#include <vector>

namespace lipsync::cli {

/// The avatars that a worker for other machines finds its models in. One thread.
class WorkerLibrary {
public:
    /// Each folder is an avatar itself or holds avatars.
    explicit WorkerLibrary(std::vector<std::filesystem::path> folders)
        : m_folders(std::move(folders))
    {
    }

    /// The avatar with the weights that the request names, for inference::ModelResolver; of several the one with its
    /// name. InvalidInput when there is none. Template frames are decoded when they are asked for.
    Result<inference::ResolvedModel> resolve(const inference::ModelRequest& request);

private:
    std::filesystem::path find(const inference::ModelRequest& request) const;
    Result<std::shared_ptr<avatar::TemplateFrames>> open(const std::filesystem::path& folder);

    const std::vector<std::filesystem::path> m_folders;
    std::map<std::filesystem::path, std::weak_ptr<avatar::TemplateFrames>> m_opened; ///< in use by some session
};

} // namespace lipsync::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QString>

namespace lipsync::studio {

/// The avatar and the voice that come with the studio; a path is empty where the file is not there.
struct DemoFiles {
    std::filesystem::path avatar;
    std::filesystem::path voice;
};

/// Looks beside an installed program (../share/lipsync-studio), then in the source tree it was built from.
DemoFiles findDemoFiles(const QString& programFolder);

} // namespace lipsync::studio

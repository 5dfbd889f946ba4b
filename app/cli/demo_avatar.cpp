// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo_avatar.h"

namespace lipsync::cli {

namespace fs = std::filesystem;

fs::path demoAvatar()
{
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    for (const fs::path& place : {program.parent_path() / "../share/lipsync-studio", fs::path(LIPSYNC_RESOURCE_DIR)}) {
        const auto avatar = (place / "avatars/demo.avatar").lexically_normal();
        if (fs::is_directory(avatar, error))
            return avatar;
    }
    return {};
}

void addDemoAvatarOption(CLI::App& command, fs::path& avatar)
{
    command.add_option("--avatar", avatar, "Avatar folder, NAME.avatar; default: the demo avatar")->type_name("DIR");
}

Result<fs::path> chosenAvatar(const fs::path& avatar)
{
    auto chosen = avatar.empty() ? demoAvatar() : avatar;
    if (chosen.empty())
        return failure(ErrorCode::Usage, "The demo avatar is not there; name an avatar with --avatar.");
    return chosen;
}

} // namespace lipsync::cli

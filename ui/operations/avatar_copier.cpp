// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/avatar_copier.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <system_error>

namespace lipsync::ui {

void AvatarCopier::copy(const std::filesystem::path& avatar, const std::filesystem::path& copy)
{
    m_lane.run([this, avatar, copy] {
        std::error_code error;
        if (std::filesystem::exists(copy, error)) {
            m_lane.post(
                [this, copy] { Q_EMIT failed(tr("%1 exists already: choose another name.").arg(fromPath(copy))); });
            return;
        }
        std::filesystem::copy(avatar, copy, std::filesystem::copy_options::recursive, error);
        if (!error) {
            m_lane.post([this, copy] { Q_EMIT copied(copy); });
            return;
        }
        std::error_code ignored;
        std::filesystem::remove_all(copy, ignored);
        m_lane.post([this, copy, reason = QString::fromStdString(error.message())] {
            Q_EMIT failed(tr("%1 cannot be written: %2. Choose another folder.").arg(fromPath(copy), reason));
        });
    });
}

} // namespace lipsync::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

namespace lipsync {

std::string Error::text() const
{
    return cause.empty() ? message : fmt::format("{} ({})", message, cause);
}

int exitStatus(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Usage:
        return 2;
    case ErrorCode::InvalidInput:
        return 3;
    case ErrorCode::Interrupted:
        return 130;
    case ErrorCode::Resource:
    case ErrorCode::Internal:
        break;
    }
    return 4;
}

} // namespace lipsync

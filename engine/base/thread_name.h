// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync {

/// Names the calling thread for debuggers and profilers; at most 15 characters count.
void setThreadName(const char* name);

} // namespace lipsync

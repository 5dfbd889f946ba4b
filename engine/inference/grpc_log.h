// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::inference {

/// Keeps gRPC's log lines off standard error: what matters of them comes back as errors of calls. Any thread.
void silenceGrpc();

} // namespace lipsync::inference

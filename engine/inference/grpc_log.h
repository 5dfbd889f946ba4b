// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::inference {

/// Keeps log lines of gRPC and protobuf off standard error, which callers could fill: what matters of them comes back
/// as errors of calls. Any thread.
void silenceGrpc();

} // namespace lipsync::inference

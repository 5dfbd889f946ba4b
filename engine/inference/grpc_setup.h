// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::inference {

/// Sets gRPC up for a program of ours: keeps log lines of it and protobuf off standard error, which callers could fill
/// (what matters of them comes back as errors of calls), and spares it the bookkeeping with which a debug build of
/// Abseil, as Debian's is, looks for deadlocks under one lock of the whole process. Any thread.
void prepareGrpc();

} // namespace lipsync::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <CLI/App.hpp>

namespace lipsync::cli {

/// --avatar, --voice, --features, --out, --format, --png, --force, --paste, --quality, --no-synthetic-mark: what is to be
/// exported.
void addExportOptions(CLI::App& command, ExportRequest& request);

/// A format's name on the command line.
const char* nameOf(ExportFormat format);

} // namespace lipsync::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/generator.h"

#include <CLI/App.hpp>

namespace lipsync::cli {

/// --threads N: computing threads of the network.
void addThreadsOption(CLI::App& command, nn::RunOptions& options);
/// --precision fp32|bf16.
void addPrecisionOption(CLI::App& command, nn::RunOptions& options);
/// --json: one object on standard output and nothing else there.
void addJsonOption(CLI::App& command, bool& json);

} // namespace lipsync::cli

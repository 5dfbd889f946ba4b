// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <functional>
#include <stop_token>

#include <CLI/App.hpp>

namespace lipsync::cli {

/// What main() gives every command and takes from the one the operator chose.
struct CommandLine {
    CLI::App& app;
    std::stop_token stop; ///< asked to stop by Ctrl-C or SIGTERM
    std::function<Status()> chosen = {}; ///< set by the parsed command, run by main()
};

void addRenderCommand(CommandLine& line);
void addQueueCommand(CommandLine& line);
void addInspectCommand(CommandLine& line);
void addFeaturesCommand(CommandLine& line);
void addMelCommand(CommandLine& line);
void addForwardCommand(CommandLine& line);
void addScoreCommand(CommandLine& line);
void addImportCommand(CommandLine& line);
void addPrepareCommand(CommandLine& line);
void addTrainCommand(CommandLine& line);
void addBenchCommand(CommandLine& line);
void addCompareCommand(CommandLine& line);
void addTuneCommand(CommandLine& line);
void addPlanCommand(CommandLine& line);
void addSimulateCommand(CommandLine& line);
void addServeCommand(CommandLine& line);
void addWorkerCommand(CommandLine& line);
void addExportTritonCommand(CommandLine& line);
void addDoctorCommand(CommandLine& line);

} // namespace lipsync::cli

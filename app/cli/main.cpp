// SPDX-License-Identifier: GPL-3.0-or-later
// lipsync: the engine without a screen.

#include "command.h"
#include "engine.h"
#include "interruption.h"

#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  lipsync doctor\n"
    "  lipsync render --avatar demo.avatar --voice speech.wav --out speech.mp4\n"
    "  lipsync inspect speech.mp4\n"
    "'lipsync COMMAND --help' tells more about a command.\n"
    "\n"
    "Exit status: 0 done, 2 usage, 3 input cannot be used, 4 resource or I/O failure, 130 interrupted.";

int tell(const lipsync::Error& error)
{
    const auto sentence = "lipsync: " + error.text() + "\n";
    std::fputs(sentence.c_str(), stderr);
    return lipsync::exitStatus(error.code);
}

/// What was wrong with the arguments, and where help is.
lipsync::Error usageError(const CLI::App& app, const CLI::ParseError& problem, int argc, char** argv)
{
    const auto chosen = app.get_subcommands();
    const auto help = "see '" + (chosen.empty() ? "lipsync" : "lipsync " + chosen.front()->get_name()) + " --help'";
    if (chosen.empty() && argc > 1 && argv[1][0] != '-')
        return {lipsync::ErrorCode::Usage, fmt::format("There is no command '{}'; {}.", argv[1], help), {}};
    std::string reason = problem.what();
    while (reason.ends_with('\n') || reason.ends_with('.'))
        reason.pop_back();
    return {lipsync::ErrorCode::Usage, fmt::format("{}; {}.", reason, help), {}};
}

lipsync::Status runChosen(const lipsync::cli::CommandLine& line)
{
    try {
        return line.chosen();
    } catch (const std::bad_alloc&) {
        return lipsync::failure(lipsync::ErrorCode::Resource, "The machine has no memory left for this.");
    } catch (const std::exception& problem) {
        return lipsync::failure(lipsync::ErrorCode::Internal, "Something failed that should not; please report it.",
                                problem.what());
    }
}

} // namespace

int main(int argc, char** argv)
{
    lipsync::prepareProcess();
    const lipsync::cli::Interruption interruption;

    CLI::App app("LipSync Studio without a screen: make avatars speak.", "lipsync");
    app.set_version_flag("--version", "lipsync " LIPSYNC_VERSION);
    app.require_subcommand(1);
    app.footer(kFooter);
    lipsync::cli::CommandLine line{app, interruption.token()};
    lipsync::cli::addRenderCommand(line);
    lipsync::cli::addQueueCommand(line);
    lipsync::cli::addInspectCommand(line);
    lipsync::cli::addFeaturesCommand(line);
    lipsync::cli::addMelCommand(line);
    lipsync::cli::addForwardCommand(line);
    lipsync::cli::addScoreCommand(line);
    lipsync::cli::addImportCommand(line);
    lipsync::cli::addPrepareCommand(line);
    lipsync::cli::addTrainCommand(line);
    lipsync::cli::addBenchCommand(line);
    lipsync::cli::addCompareCommand(line);
    lipsync::cli::addTuneCommand(line);
    lipsync::cli::addPlanCommand(line);
    lipsync::cli::addSimulateCommand(line);
    lipsync::cli::addServeCommand(line);
    lipsync::cli::addWorkerCommand(line);
    lipsync::cli::addExportTritonCommand(line);
    lipsync::cli::addDoctorCommand(line);

    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) { // --help or --version
        return app.exit(asked);
    } catch (const CLI::ParseError& problem) {
        return tell(usageError(app, problem, argc, argv));
    }
    const auto done = runChosen(line);
    return done ? 0 : tell(done.error());
}

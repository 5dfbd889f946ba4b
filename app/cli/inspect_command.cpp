// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "inspection.h"
#include "options.h"
#include "output.h"

#include <memory>

namespace lipsync::cli {

namespace {

/// Prints what was found; a file that cannot be used is described as far as it goes and then refused.
Status inspectPath(const std::filesystem::path& path, bool json, const std::stop_token& stop)
{
    const auto found = inspect(path);
    if (auto going = checkGoingOn(stop); !going)
        return going;
    if (!found)
        return failure(found);
    const auto printed = json ? printJson(found->facts) : printText(factsText(found->facts));
    if (!printed)
        return printed;
    return found->problem ? Status(tl::unexpected<Error>(*found->problem)) : Status();
}

} // namespace

void addInspectCommand(CommandLine& line)
{
    struct Options {
        std::filesystem::path path;
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    auto* command = line.app.add_subcommand("inspect", "Tell what an avatar, a weights file, a video or a voice is");
    command->add_option("path", options->path, "File or folder to look at")->required()->type_name("PATH");
    addJsonOption(*command, options->json);
    command->footer("Examples:\n"
                    "  lipsync inspect demo.avatar\n"
                    "  lipsync inspect --json speech.wav");
    command->callback([&line, options] {
        line.chosen = [&line, options] { return inspectPath(options->path, options->json, line.stop); };
    });
}

} // namespace lipsync::cli

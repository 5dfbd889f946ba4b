// SPDX-License-Identifier: GPL-3.0-or-later
#include "export_options.h"

#include "options.h"

#include <string>
#include <utility>
#include <vector>

namespace lipsync::cli {

namespace {

const std::vector<std::pair<std::string, ExportFormat>>& formats()
{
    static const std::vector<std::pair<std::string, ExportFormat>> names{{"mp4", ExportFormat::Mp4},
                                                                         {"webm", ExportFormat::WebM},
                                                                         {"prores", ExportFormat::ProRes},
                                                                         {"png", ExportFormat::PngSequence}};
    return names;
}

} // namespace

void addExportOptions(CLI::App& command, ExportRequest& request)
{
    command.add_option("--avatar", request.avatar, "Avatar folder, NAME.avatar")->required()->type_name("DIR");
    command.add_option("--voice", request.voice, "Sound or video file with the voice")->required()->type_name("FILE");
    command
        .add_option("--features", request.features,
                    "The voice's features, for avatars that listen to hubert or wenet features")
        ->type_name("F.npy");
    command.add_option("--out", request.output, "Video to write (.mp4, .webm, .mov), or a folder of pictures")
        ->required()
        ->type_name("FILE");
    addChoice(command, "--format", request.format, formats(),
              "mp4: H.264 and AAC; webm: VP9 and Opus; prores: ProRes 422 HQ and PCM in a .mov; png: a folder of "
              "pictures and sound.wav");
    command.add_flag_callback(
        "--png", [&request] { request.format = ExportFormat::PngSequence; }, "The same as --format png");
    command.add_flag("--force", request.overwrite, "Replace the output if it exists");
    addChoice(command, "--paste", request.paste, {{"feathered", PasteStyle::Feathered}, {"exact", PasteStyle::Exact}},
              "feathered: soft, colour-true border; exact: as SyncTalk_2D");
    command
        .add_option("--quality", request.quality,
                    "H.264 constant rate factor, scaled for VP9: 0 best, 51 smallest; ProRes has its own")
        ->check(CLI::Range(0, 51))
        ->capture_default_str();
    command.add_flag("!--no-synthetic-mark", request.markSynthetic,
                     "Leave out the metadata that says this is synthetic media");
}

const char* nameOf(ExportFormat format)
{
    for (const auto& [name, known] : formats())
        if (known == format)
            return name.c_str();
    return "";
}

} // namespace lipsync::cli

// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the demo avatar's data: the drawn character speaking with espeak-ng's voices.

#include "base/error.h"
#include "demo_avatar.h"
#include "demo_dataset.h"
#include "training/demo/demo_character.h"

#include <array>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace {

using namespace lipsync;

/// A contact sheet: the whole picture at the left, eight mouth poses as the network sees them at the right.
Status writeSheet(const std::string& file)
{
    constexpr std::array<training::MouthPose, 8> kPoses{{{0.0f, 0.4f, 0.0f},
                                                         {0.25f, 0.9f, 0.0f},
                                                         {0.55f, 0.6f, 0.0f},
                                                         {0.95f, 0.45f, 0.05f},
                                                         {0.22f, 0.08f, 1.0f},
                                                         {0.6f, 0.2f, 0.7f},
                                                         {0.05f, 0.48f, 0.0f},
                                                         {0.17f, 0.25f, 0.6f}}};
    constexpr int kTile = 256;
    const training::DemoCharacter character;
    cv::Mat sheet(2 * kTile, 6 * kTile, CV_8UC3);
    character.draw(0.4, {0.3f, 0.6f, 0.0f}).copyTo(sheet(cv::Rect(0, 0, 512, 512)));
    for (int i = 0; i < 8; ++i) {
        const double time = 0.4 + 1.7 * i;
        const cv::Mat crop = character.draw(time, kPoses[i])(character.mouthCrop(time));
        cv::resize(crop, sheet(cv::Rect(512 + i % 4 * kTile, i / 4 * kTile, kTile, kTile)), cv::Size(kTile, kTile), 0,
                   0, cv::INTER_CUBIC);
    }
    try {
        if (cv::imwrite(file, sheet))
            return {};
    } catch (const cv::Exception& error) {
        return failure(ErrorCode::Resource,
                       fmt::format("Cannot write {}; name a .png in a folder you may write to.", file), error.what());
    }
    return failure(ErrorCode::Resource,
                   fmt::format("Cannot write {}; name a .png in a folder you may write to.", file));
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App program{"Makes the demo avatar's training data and pictures."};
    program.require_subcommand(1);
    std::string out;
    double minutes = 7.0;
    std::uint32_t seed = 1;
    CLI::App* dataset = program.add_subcommand("dataset", "write a training dataset");
    dataset->add_option("--out", out, "folder to write")->required();
    dataset->add_option("--minutes", minutes, "length of the training speech")
        ->check(CLI::Range(0.1, 600.0))
        ->capture_default_str();
    dataset->add_option("--seed", seed, "equal seeds give equal data")->capture_default_str();
    CLI::App* sheet = program.add_subcommand("sheet", "write a contact sheet of mouth poses");
    sheet->add_option("--out", out, "PNG file to write")->required();
    DemoAvatarOptions avatarOptions;
    CLI::App* avatar = program.add_subcommand("avatar", "write the avatar from trained weights");
    avatar
        ->add_option("--weights", avatarOptions.weights,
                     "folder with generator.safetensors and audio_encoder.safetensors")
        ->required();
    avatar->add_option("--out", avatarOptions.output, "avatar folder to write, NAME.avatar")->required();
    avatar
        ->add_option("--template-mouth", avatarOptions.templateOpen,
                     "openness of the mouth in the template clip, 0 to 1")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    avatar->add_flag("--force", avatarOptions.overwrite, "replace the avatar if it exists");
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? 0 : exitStatus(ErrorCode::Usage);
    }

    const Status done = dataset->parsed() ? writeDemoDataset(out, minutes, seed)
        : avatar->parsed()                ? writeDemoAvatar(avatarOptions)
                                          : writeSheet(out);
    if (!done) {
        fmt::print(stderr, "{}\n", done.error().text());
        return exitStatus(done.error().code);
    }
    return 0;
}

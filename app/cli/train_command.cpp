// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "demo_avatar.h"
#include "options.h"
#include "output.h"
#include "terminal.h"

#include "avatar/avatar_manifest.h"
#include "base/file_system.h"
#include "training/speaker_training.h"

#include <limits>
#include <memory>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

namespace {

/// The two ways of training: an avatar on its own clip, or networks on a dataset of clips.
struct TrainOptions {
    training::SpeakerOptions speaker;
    training::TrainingOptions dataset;
    std::string from; ///< avatar folder, "none", or empty
    std::string network;
    int width = 0; ///< 0: not given
    int batch = 0;
    int validateEvery = 0;
    bool json = false;
};

void printProgress(ProgressLine& line, const training::TrainingProgress& progress)
{
    const double left = progress.secondsPerStep * progress.step * (1 - progress.share) / std::max(1e-9, progress.share);
    const bool limited = progress.steps < std::numeric_limits<int>::max();
    line.show(progress.stage, progress.share,
              fmt::format("step {}{}  loss {:.4f}  {:.2f} s/step  {} left", progress.step,
                          limited ? fmt::format("/{}", progress.steps) : "", progress.loss, progress.secondsPerStep,
                          durationText(left)));
    if (progress.validation >= 0)
        line.say(fmt::format("{} step {}: {}", progress.stage, progress.step, progress.validationNote));
}

std::string reportText(const training::SpeakerReport& report, const std::filesystem::path& avatar)
{
    auto text =
        fmt::format("{}: trained {}{} in {} steps, {}\n", avatar.string(), report.network,
                    report.base.empty() ? "" : " from " + report.base, report.steps, durationText(report.seconds));
    for (const auto& sentence : report.advice)
        text += "  " + sentence + "\n";
    return text + fmt::format("  Curves and validation pictures: {}\n", training::trainingFolder(avatar).string());
}

/// Whether a folder is a trained avatar; what else is wrong with it is found out later.
bool isTrained(const std::filesystem::path& folder)
{
    const auto text = readFile(folder / avatar::kManifestFile, avatar::kMaxManifestBytes);
    const auto manifest =
        text ? avatar::parseManifest({text->data(), text->size()}) : Result<avatar::AvatarManifest>(failure(text));
    return manifest && manifest->isTrained();
}

Status trainAvatar(TrainOptions& options, const std::stop_token& stop)
{
    auto& speaker = options.speaker;
    speaker.fromScratch = options.from == "none";
    if (!options.from.empty() && !speaker.fromScratch)
        speaker.base = options.from;
    else if (options.from.empty() && !isTrained(speaker.avatar))
        speaker.base = demoAvatar();
    if (speaker.base.empty() && !speaker.fromScratch && !isTrained(speaker.avatar)) {
        return failure(ErrorCode::Usage,
                       "The demo avatar, with whose networks training begins, is not there; name "
                       "another one with --from, or --from none.");
    }
    if (!options.network.empty())
        speaker.kind = nn::parseGeneratorKind(options.network);
    if (options.width > 0)
        speaker.width = options.width;
    speaker.batch = options.batch;
    if (options.validateEvery > 0)
        speaker.validateEvery = options.validateEvery;
    ProgressLine line;
    const auto report = training::trainSpeaker(
        speaker, [&](const auto& state) { printProgress(line, state); }, stop);
    line.finish();
    if (!report)
        return failure(report);
    if (options.json)
        return printJson(nlohmann::ordered_json::parse(training::toJson(*report)));
    return printText(reportText(*report, speaker.avatar));
}

Status trainOnDataset(TrainOptions& options, const std::stop_token& stop)
{
    auto& dataset = options.dataset;
    if (dataset.output.empty())
        return failure(ErrorCode::Usage, "--dataset needs --out, the folder for weights and checkpoints.");
    dataset.network.kind = nn::parseGeneratorKind(options.network).value_or(dataset.network.kind);
    dataset.network.width = options.width > 0 ? options.width : dataset.network.width;
    dataset.generatorBatch = options.batch > 0 ? options.batch : dataset.generatorBatch;
    dataset.validateEvery = options.validateEvery > 0 ? options.validateEvery : dataset.validateEvery;
    dataset.seed = options.speaker.seed;
    dataset.threads = options.speaker.threads;
    dataset.device = options.speaker.device;
    ProgressLine progress;
    return training::train(
        dataset, [&](const auto& state) { printProgress(progress, state); }, stop);
}

Status runTraining(TrainOptions& options, const std::stop_token& stop)
{
    const bool avatar = !options.speaker.avatar.empty(), dataset = !options.dataset.dataset.empty();
    if (avatar == dataset) {
        return failure(ErrorCode::Usage,
                       avatar ? "Give an avatar or --dataset, not both; see 'lipsync train --help'."
                              : "Name an avatar to train, NAME.avatar, or a --dataset; see 'lipsync train --help'.");
    }
    return avatar ? trainAvatar(options, stop) : trainOnDataset(options, stop);
}

void addAvatarOptions(CLI::App& command, TrainOptions& options)
{
    auto& speaker = options.speaker;
    command.add_option("avatar", speaker.avatar, "Prepared or trained avatar, which receives its networks")
        ->type_name("NAME.avatar");
    command
        .add_option("--from", options.from,
                    "Avatar whose networks to begin with, or none; default: its own, if it is trained, else the demo "
                    "avatar's")
        ->type_name("DIR");
    command.add_option("--steps", speaker.steps, "Most steps; default: no limit")->check(CLI::Range(1, 100'000'000));
    command
        .add_option("--minutes", speaker.minutes,
                    fmt::format("Most minutes; default without --steps: {:.0f}", training::kDefaultMinutes))
        ->check(CLI::Range(0.01, 100'000.0));
    command.add_option("--patience", speaker.patience, "End after so many validations without a better one; 0 = never")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    addChoice(command, "--precision", speaker.precision,
              {{"auto", training::TrainingPrecision::Automatic},
               {"fp32", training::TrainingPrecision::Fp32},
               {"bf16", training::TrainingPrecision::Bf16}},
              "Arithmetic of the layers; auto: bf16 where it is faster");
    command.add_flag("--tune-encoder", speaker.tuneEncoder, "Train the audio encoder too, in the last fifth");
    command.add_flag("--restart", speaker.restart, "Forget an unfinished training");
    addJsonOption(command, options.json);
}

void addDatasetOptions(CLI::App& command, training::TrainingOptions& dataset)
{
    constexpr int kMostSteps = 10'000'000;
    command.add_option("--dataset", dataset.dataset, "Instead of an avatar: folder with dataset.json and its clips")
        ->type_name("DIR");
    command.add_option("--out", dataset.output, "With --dataset: folder for weights, checkpoints and pictures")
        ->type_name("DIR");
    command.add_option("--encoder-steps", dataset.encoderSteps, "With --dataset: steps of the audio encoder")
        ->check(CLI::Range(1, kMostSteps))
        ->capture_default_str();
    command
        .add_option("--listener-steps", dataset.listenerSteps,
                    "With --dataset: steps of the generator's audio branch alone")
        ->check(CLI::Range(1, kMostSteps))
        ->capture_default_str();
    command.add_option("--generator-steps", dataset.generatorSteps, "With --dataset: steps of the whole generator")
        ->check(CLI::Range(1, kMostSteps))
        ->capture_default_str();
    command.add_option("--encoder-batch", dataset.encoderBatch, "With --dataset: windows a step of the audio encoder")
        ->check(CLI::Range(2, 4096))
        ->capture_default_str();
    command.add_option("--checkpoint-every", dataset.checkpointEvery, "With --dataset: steps between checkpoints")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
}

void addCommonOptions(CLI::App& command, TrainOptions& options)
{
    command.add_option("--network", options.network, "Generator to train; default: the base's, else synctalk2d_160")
        ->check(CLI::IsMember({"synctalk2d_160", "synctalk2d_328"}));
    command
        .add_option("--width", options.width,
                    "Channels of its first layer; 32 is the original, 16 its mobile form; default: the base's")
        ->check(CLI::Range(4, 64));
    command
        .add_option("--batch", options.batch,
                    "Pictures a step; default: 4 on the processor, 16 on a GPU, 8 of a dataset")
        ->check(CLI::Range(2, 1024));
    command
        .add_option("--validate-every", options.validateEvery,
                    "Steps between validations and checkpoints; default: 50, of a dataset 500")
        ->check(CLI::Range(1, 1'000'000));
    command.add_option("--seed", options.speaker.seed, "Seed of every random choice")->capture_default_str();
    command.add_option("--threads", options.speaker.threads, "Computing threads; 0 = one a core")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    command.add_option("--device", options.speaker.device, "cpu, cuda or cuda:N")->capture_default_str();
}

} // namespace

void addTrainCommand(CommandLine& line)
{
    auto options = std::make_shared<TrainOptions>();
    auto* command = line.app.add_subcommand("train", "Train the networks of an avatar");
    addAvatarOptions(*command, *options);
    addCommonOptions(*command, *options);
    addDatasetOptions(*command, options->dataset);
    command->footer("Examples:\n"
                    "  lipsync train me.avatar --minutes 30\n"
                    "  lipsync train me.avatar --from trained.avatar --steps 2000\n"
                    "  lipsync train --dataset talking/ --out trained/ --generator-steps 3450\n"
                    "Run the same command again to go on after a stop.");
    command->callback(
        [&line, options] { line.chosen = [&line, options] { return runTraining(*options, line.stop); }; });
}

} // namespace lipsync::cli

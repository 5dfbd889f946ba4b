// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "terminal.h"
#include "training/training.h"

#include <memory>

namespace lipsync::cli {

namespace {

void printProgress(ProgressLine& line, const training::TrainingProgress& progress)
{
    const double left = progress.secondsPerStep * (progress.steps - progress.step);
    line.show(progress.stage, static_cast<double>(progress.step) / progress.steps,
              fmt::format("step {}/{}  loss {:.4f}  {:.2f} s/step  {} left", progress.step, progress.steps,
                          progress.loss, progress.secondsPerStep, durationText(left)));
    if (progress.validation >= 0) {
        line.say(fmt::format("{} step {}: validation loss {:.4f}, {}", progress.stage, progress.step,
                             progress.validation, progress.validationNote));
    }
}

} // namespace

void addTrainCommand(CommandLine& line)
{
    auto options = std::make_shared<training::TrainingOptions>();
    auto network = std::make_shared<std::string>("synctalk2d_160");
    auto* command = line.app.add_subcommand("train", "Train the networks of an avatar on a dataset of talking clips");
    command->add_option("--dataset", options->dataset, "Folder with dataset.json and its clips")->required();
    command->add_option("--out", options->output, "Folder for weights, checkpoints and validation pictures")
        ->required();
    command->add_option("--network", *network, "Generator to train")
        ->check(CLI::IsMember({"synctalk2d_160", "synctalk2d_328"}))
        ->capture_default_str();
    command
        ->add_option("--width", options->network.width,
                     "Channels of its first layer; 32 is the original, 16 its mobile form")
        ->check(CLI::Range(4, 64))
        ->capture_default_str();
    command->add_option("--encoder-steps", options->encoderSteps, "Steps of the audio encoder")
        ->check(CLI::Range(1, 10'000'000))
        ->capture_default_str();
    command->add_option("--listener-steps", options->listenerSteps, "Steps of the generator's audio branch alone")
        ->check(CLI::Range(1, 10'000'000))
        ->capture_default_str();
    command->add_option("--generator-steps", options->generatorSteps, "Steps of the whole generator")
        ->check(CLI::Range(1, 10'000'000))
        ->capture_default_str();
    command->add_option("--encoder-batch", options->encoderBatch, "Windows a step of the audio encoder")
        ->check(CLI::Range(2, 4096))
        ->capture_default_str();
    command->add_option("--batch", options->generatorBatch, "Pictures a step of the generator")
        ->check(CLI::Range(2, 1024))
        ->capture_default_str();
    command->add_option("--validate-every", options->validateEvery, "Steps between validations")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    command->add_option("--checkpoint-every", options->checkpointEvery, "Steps between checkpoints")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    command->add_option("--seed", options->seed, "Seed of every random choice")->capture_default_str();
    command->add_option("--threads", options->threads, "Computing threads; 0 = one a core")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    command->add_option("--device", options->device, "cpu, cuda or cuda:N")->capture_default_str();
    command->footer("Example:\n  lipsync train --dataset talking/ --out trained/ --generator-steps 3450\n"
                    "Run the same command again to go on after a stop.");
    command->callback([&line, options, network] {
        line.chosen = [&line, options, network]() -> Status {
            options->network.kind = *nn::parseGeneratorKind(*network);
            ProgressLine progress;
            return training::train(
                *options, [&](const auto& state) { printProgress(progress, state); }, line.stop);
        };
    });
}

} // namespace lipsync::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#include "array_file.h"
#include "base/npy.h"
#include "command.h"
#include "nn/checkpoint/checkpoint.h"
#include "nn/reference_forward.h"
#include "output.h"

#include <memory>

namespace lipsync::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* kFormula = "formula";

struct ForwardRequest {
    std::string network;
    std::string weights = kFormula; ///< or a file
    fs::path image; ///< empty: formula input
    fs::path audio; ///< empty: formula input
    fs::path output;
    bool unfolded = false;
};

Result<std::optional<nn::Tensor>> readInput(const fs::path& file)
{
    if (file.empty())
        return std::optional<nn::Tensor>();
    auto array = readNpy(file);
    if (!array)
        return failure(array);
    return nn::Tensor{std::move(array->shape), std::move(array->values)};
}

/// Names the files that a network did not take; nn only knows what was in them.
tl::unexpected<Error> refused(Error error, const ForwardRequest& request)
{
    std::string files;
    for (const auto& [option, file] : {std::pair("weights", fs::path(request.weights)),
                                       std::pair("image", request.image), std::pair("audio", request.audio)}) {
        if (!file.empty())
            files += fmt::format("{}{} '{}'", files.empty() ? "" : ", ", option, file.string());
    }
    error.cause = error.cause.empty() ? files : fmt::format("{}; {}", error.cause, files);
    return tl::unexpected<Error>(std::move(error));
}

Status runForward(const ForwardRequest& request, const std::stop_token& stop)
{
    const bool formula = request.weights == kFormula;
    if (auto usable = checkArrayOutput(
            request.output, {formula ? fs::path() : fs::path(request.weights), request.image, request.audio});
        !usable)
        return usable;
    const auto image = readInput(request.image);
    if (!image)
        return failure(image);
    const auto audio = readInput(request.audio);
    if (!audio)
        return failure(audio);
    nn::WeightSet weights;
    if (!formula) {
        auto read = nn::readCheckpoint(request.weights);
        if (!read)
            return failure(read);
        weights = std::move(read->weights);
    }
    if (auto going = checkGoingOn(stop); !going)
        return going;
    auto output =
        nn::referenceForward(request.network, formula ? nullptr : &weights, *image, *audio, !request.unfolded);
    if (!output)
        return refused(output.error(), request);
    if (auto going = checkGoingOn(stop); !going)
        return going;
    return writeArray(request.output, output->shape, output->values);
}

} // namespace

void addForwardCommand(CommandLine& line)
{
    auto request = std::make_shared<ForwardRequest>();
    auto* command = line.app.add_subcommand("forward", "Run a network once, for engineers who port a model");
    command->add_option("--network", request->network, "Network to run")
        ->required()
        ->check(CLI::IsMember(nn::referenceNetworks()));
    command->add_option("--weights", request->weights, "'formula', or a file with weights (.safetensors, .pth)")
        ->required()
        ->type_name("formula|FILE");
    command->add_option("--image", request->image, "Picture B×6×S×S in 0 to 1; default: formula input")
        ->type_name("I.npy");
    command
        ->add_option(
            "--audio", request->audio,
            "Feature windows, or for Wav2Lip and the audio encoder mel windows B×1×80×16; default: formula input")
        ->type_name("A.npy");
    command->add_option("--out", request->output, "Array to write, float32")->required()->type_name("O.npy");
    command->add_flag("--unfolded", request->unfolded, "Keep BatchNorm apart from the convolutions, as in training");
    command->footer("An array that exists is replaced.\n"
                    "Examples:\n"
                    "  lipsync forward --network synctalk2d_160_ave --weights formula --out mouth.npy\n"
                    "  lipsync forward --network ave_audio_encoder --weights audio_encoder.safetensors --audio mel.npy "
                    "--out f.npy");
    command->callback([&line, request] { line.chosen = [&line, request] { return runForward(*request, line.stop); }; });
}

} // namespace lipsync::cli

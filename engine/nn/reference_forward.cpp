// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/reference_forward.h"

#include "nn/ave_network.h"
#include "nn/formula_weights.h"
#include "nn/generator_module.h"
#include "nn/module_weights.h"
#include "nn/torch_runtime.h"

#include <fmt/ranges.h>

namespace lipsync::nn {

namespace {

constexpr std::string_view kAudioEncoderName = "ave_audio_encoder";
constexpr std::size_t kFormulaMelBatch = 2;

std::optional<GeneratorSpec> findGenerator(std::string_view name)
{
    for (const auto& spec : knownGenerators()) {
        if (spec.name() == name)
            return spec;
    }
    return {};
}

/// The input as a LibTorch tensor after its shape was checked; the first dimension is free.
Result<torch::Tensor> checkedInput(const char* role, const Tensor& input, std::vector<std::int64_t> expected)
{
    const std::vector<std::int64_t> shape(input.shape.begin(), input.shape.end());
    if (shape.size() == expected.size() && !shape.empty())
        expected[0] = shape[0];
    if (shape != expected || shape[0] < 1) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The {} has the shape [{}]; the network takes [batch, {}].", role,
                                   fmt::join(shape, ", "), fmt::join(expected.begin() + 1, expected.end(), ", ")));
    }
    return torch::from_blob(const_cast<float*>(input.values.data()), shape).clone();
}

Tensor formulaTensor(std::vector<std::size_t> shape, std::vector<float> (*make)(std::size_t))
{
    std::size_t count = 1;
    for (const auto side : shape)
        count *= side;
    return {std::move(shape), make(count)};
}

Tensor fromTorch(const torch::Tensor& output)
{
    const auto plain = output.contiguous();
    Tensor result;
    result.shape.assign(plain.sizes().begin(), plain.sizes().end());
    result.values.assign(plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel());
    return result;
}

Result<Tensor> forwardAudioEncoder(const WeightSet& weights, const std::optional<Tensor>& audio, bool folded)
{
    const auto mel = audio ? *audio : formulaTensor({kFormulaMelBatch, 1, 80, 16}, formulaMel);
    const auto input = checkedInput("audio", mel, {1, 1, 80, 16});
    if (!input)
        return failure(input);
    AveNetwork network;
    if (auto loaded = loadWeights(network, weights, std::string(kAudioEncoderName)); !loaded)
        return failure(loaded);
    network.eval();
    if (folded)
        network.fold();
    return fromTorch(network.forward(*input));
}

Result<Tensor> forwardGenerator(GeneratorSpec spec, const WeightSet& weights, const std::optional<Tensor>& image,
                                const std::optional<Tensor>& audio, bool folded)
{
    const auto detected = detectGenerator(weights, spec.mode);
    if (!detected)
        return failure(detected);
    spec.width = detected->width; // what else differs is told by the names and shapes of the tensors
    const std::size_t size = spec.pictureSize();
    const auto [channels, height, columns] = spec.audioShape();
    const auto picture = image ? *image : formulaTensor({1, 6, size, size}, formulaPicture);
    const auto window = audio ? *audio
                              : formulaTensor({1, static_cast<std::size_t>(channels), static_cast<std::size_t>(height),
                                               static_cast<std::size_t>(columns)},
                                              spec.mode == AudioMode::Mel ? formulaMel : formulaFeatures);
    const auto pictures = checkedInput("image", picture, {1, 6, spec.pictureSize(), spec.pictureSize()});
    if (!pictures)
        return failure(pictures);
    const auto windows = checkedInput("audio", window, {1, channels, height, columns});
    if (!windows)
        return failure(windows);
    if (pictures->size(0) != windows->size(0))
        return failure(ErrorCode::InvalidInput, "The image and the audio must have the same batch size.");
    const auto network = makeGeneratorModule(spec);
    if (auto loaded = loadWeights(*network, weights, spec.name()); !loaded)
        return failure(loaded);
    network->eval();
    if (folded)
        network->fold();
    return fromTorch(network->forward(*pictures, *windows));
}

} // namespace

std::vector<std::string> referenceNetworks()
{
    std::vector<std::string> names;
    for (const auto& spec : knownGenerators())
        names.push_back(spec.name());
    names.emplace_back(kAudioEncoderName);
    return names;
}

Result<Tensor> referenceForward(std::string_view network, const WeightSet* weights, const std::optional<Tensor>& image,
                                const std::optional<Tensor>& audio, bool folded)
{
    const auto spec = findGenerator(network);
    if (!spec && network != kAudioEncoderName) {
        return failure(
            ErrorCode::Usage,
            fmt::format("There is no network named {}; there are {}.", network, fmt::join(referenceNetworks(), ", ")));
    }
    Result<Tensor> output;
    const auto ran = guarded("The forward pass", [&]() -> Status {
        c10::InferenceMode inference;
        WeightSet formula;
        if (!weights)
            formula = spec ? formulaWeights(*spec) : formulaAudioEncoderWeights();
        const auto& used = weights ? *weights : formula;
        output = spec ? forwardGenerator(*spec, used, image, audio, folded) : forwardAudioEncoder(used, audio, folded);
        return {};
    });
    if (!ran)
        return failure(ran);
    return output;
}

} // namespace lipsync::nn

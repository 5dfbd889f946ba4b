// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/reference_network.h"

#include "nn/ave_network.h"
#include "nn/formula_weights.h"
#include "nn/generator_module.h"
#include "nn/module_weights.h"
#include "nn/synctalk2d.h"

#include <stdexcept>

namespace lipsync::test {

using namespace lipsync::nn;

namespace {

KeyTable keysOf(const torch::nn::Module& module)
{
    KeyTable keys;
    for (const auto& item : module.named_parameters())
        keys.emplace(item.key(), item.value().sizes().vec());
    for (const auto& item : module.named_buffers())
        keys.emplace(item.key(), item.value().sizes().vec());
    return keys;
}

std::int64_t countNumbers(const torch::nn::Module& module)
{
    std::int64_t count = 0;
    for (const auto& parameter : module.parameters())
        count += parameter.numel();
    return count;
}

HostTensor toHost(const torch::Tensor& tensor)
{
    const auto host = tensor.contiguous();
    return {host.sizes().vec(), {host.data_ptr<float>(), host.data_ptr<float>() + host.numel()}};
}

torch::Tensor fromHost(const std::vector<float>& values, std::vector<std::int64_t> shape)
{
    return torch::from_blob(const_cast<float*>(values.data()), shape).clone();
}

template <typename Network> void prepare(Network& network, const WeightSet& weights, Form form)
{
    if (const auto loaded = loadWeights(network, weights, "reference"); !loaded)
        throw std::runtime_error(loaded.error().message);
    network.eval();
    if (form == Form::Folded)
        network.fold();
}

/// Input of a generator as tensors.
struct GeneratorInput {
    torch::Tensor pictures, windows;

    GeneratorInput(const GeneratorSpec& spec, const std::vector<float>& picture, const std::vector<float>& window,
                   int batch)
        : pictures(fromHost(picture, {batch, 6, spec.pictureSize(), spec.pictureSize()}))
        , windows(fromHost(window, {batch, spec.audioShape()[0], spec.audioShape()[1], spec.audioShape()[2]}))
    {
    }
};

/// Runs the named modules of a SyncTalk2D one by one and keeps what each gives.
class StageRecorder {
public:
    explicit StageRecorder(SyncTalk2D& network)
        : m_modules(network.named_modules("", /*include_self=*/false))
    {
    }

    template <typename Module>
    torch::Tensor run(const std::string& module, const torch::Tensor& x, const std::vector<std::string>& names)
    {
        auto found = std::dynamic_pointer_cast<Module>(m_modules[module]);
        if (!found)
            throw std::runtime_error(module + " is of another type");
        return keep(found->forward(x), names);
    }

    torch::Tensor keep(const torch::Tensor& y, const std::vector<std::string>& names)
    {
        for (const auto& name : names)
            m_stages[name] = toHost(y);
        return y;
    }

    std::map<std::string, HostTensor> take() { return std::move(m_stages); }

private:
    torch::OrderedDict<std::string, std::shared_ptr<torch::nn::Module>> m_modules;
    std::map<std::string, HostTensor> m_stages;
};

torch::Tensor recordAudio(StageRecorder& recorder, torch::Tensor x)
{
    using torch::nn::BatchNorm2dImpl, torch::nn::Conv2dImpl;
    const std::string in = "audio_model.";
    x = recorder.run<InvertedResidual>(in + "conv1", x, {in + "conv1"});
    x = recorder.run<InvertedResidual>(in + "conv2", x, {in + "conv2"});
    x = recorder.run<Conv2dImpl>(in + "conv3", x, {in + "conv3"});
    x = recorder.run<BatchNorm2dImpl>(in + "bn3", x, {in + "bn3"});
    x = recorder.keep(x.relu(), {in + "relu"});
    x = recorder.run<InvertedResidual>(in + "conv4", x, {in + "conv4"});
    x = recorder.run<Conv2dImpl>(in + "conv5", x, {in + "conv5"});
    x = recorder.run<BatchNorm2dImpl>(in + "bn5", x, {in + "bn5"});
    x = recorder.run<InvertedResidual>(in + "conv6", x.relu(), {in + "conv6"});
    return recorder.run<InvertedResidual>(in + "conv7", x, {in + "conv7", "audio_model"});
}

} // namespace

KeyTable generatorKeys(const GeneratorSpec& spec)
{
    return keysOf(*makeGeneratorModule(spec));
}

KeyTable audioEncoderKeys()
{
    return keysOf(AveNetwork());
}

std::int64_t trainableNumbers(const GeneratorSpec& spec)
{
    return countNumbers(*makeGeneratorModule(spec));
}

std::int64_t trainableNumbersOfAudioEncoder()
{
    return countNumbers(AveNetwork());
}

HostTensor forwardGenerator(const GeneratorSpec& spec, const WeightSet& weights, Form form,
                            const std::vector<float>& pictures, const std::vector<float>& windows, int batch)
{
    c10::InferenceMode inference;
    const auto network = makeGeneratorModule(spec);
    prepare(*network, weights, form);
    const GeneratorInput input(spec, pictures, windows, batch);
    return toHost(network->forward(input.pictures, input.windows));
}

HostTensor forwardAudioEncoder(const WeightSet& weights, Form form, const std::vector<float>& mel, int batch)
{
    c10::InferenceMode inference;
    AveNetwork network;
    prepare(network, weights, form);
    return toHost(network.forward(fromHost(mel, {batch, 1, 80, 16})));
}

int torchThreads()
{
    return at::get_num_threads();
}

std::map<std::string, HostTensor> generatorStages(const GeneratorSpec& spec)
{
    c10::InferenceMode inference;
    SyncTalk2D network(spec);
    prepare(network, formulaWeights(spec), Form::Plain);
    const GeneratorInput input(spec, formulaPicture(2 * spec.pictureBytes()), formulaFeatures(spec.audioElements()), 1);
    const int levels = spec.kind == GeneratorKind::SyncTalk2D328 ? 5 : 4;

    StageRecorder recorder(network);
    std::vector<torch::Tensor> skips{
        recorder.run<InvertedResidual>("inc.inconv.0", input.pictures, {"inc", "inc.inconv"})};
    for (int level = 1; level <= levels; ++level) {
        const auto name = "down" + std::to_string(level);
        skips.push_back(recorder.run<DoubleConv>(name + ".maxpool_conv.0", skips.back(), {name}));
    }
    auto x = torch::cat({skips.back(), recordAudio(recorder, input.windows)}, 1);
    x = recorder.run<DoubleConv>("fuse_conv.0", x, {"fuse_conv.0"});
    x = recorder.run<DoubleConv>("fuse_conv.1", x, {"fuse_conv.1", "fuse_conv"});
    for (int level = 1; level <= levels; ++level) {
        const auto name = "up" + std::to_string(level);
        const auto& skip = skips[static_cast<std::size_t>(levels - level)];
        x = recorder.keep(at::upsample_bilinear2d(x, {skip.size(2), skip.size(3)}, true), {name + ".up"});
        x = recorder.run<DoubleConv>(name + ".conv", torch::cat({x, skip}, 1), {name + ".conv", name});
    }
    recorder.run<torch::nn::Conv2dImpl>("outc.conv", x, {"outc.conv", "outc"});
    return recorder.take();
}

} // namespace lipsync::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/generator.h"

#include "nn/direct/executor.h"
#include "nn/generator_runner.h"
#include "nn/module_weights.h"
#include "nn/onednn/onednn_network.h"
#include "nn/script_generator.h"
#include "nn/synctalk2d.h"
#include "nn/torch_runtime.h"

#include <algorithm>
#include <thread>

namespace lipsync::nn {

namespace {

constexpr const char* kWrongSizes = "A generator batch does not have the sizes of its network";

torch::ScalarType scalarType(Precision precision)
{
    switch (precision) {
    case Precision::Bf16:
        return torch::kBFloat16;
    case Precision::Fp16:
        return torch::kFloat16;
    case Precision::Fp32:
        break;
    }
    return torch::kFloat32;
}

torch::Device torchDevice(const Device& device)
{
    return device.cuda ? torch::Device(torch::kCUDA, static_cast<torch::DeviceIndex>(device.index))
                       : torch::Device(torch::kCPU);
}

/// What shall and can run that network.
Executor executorOn(const Device& device, const GeneratorSpec& spec, const RunOptions& options)
{
    switch (options.executor) {
    case Executor::LibTorch:
        break;
    case Executor::OneDnn:
        if (!device.cuda && onednn::OnednnNetwork::covers(spec))
            return Executor::OneDnn;
        break;
    case Executor::Auto:
    case Executor::Direct:
        if (device.cuda ? cudaKernelsCover(spec, usablePrecision(options.precision, device), device)
                        : direct::DirectNetwork::covers(spec))
            return Executor::Direct;
        break;
    }
    return Executor::LibTorch;
}

/// Where kernels of our own run a network on the processor.
const direct::KernelSet& directKernels(Precision precision)
{
    return precision == Precision::Bf16 ? *direct::fastestKernels() : *direct::kernelsFloat();
}

Status placeOnDevice(GeneratorNetwork& network, const WeightSet& weights, const RunOptions& options)
{
    auto placed = placeNetwork(weights, network.spec, network.precision, network.device, options.imageCacheBytes);
    if (!placed)
        return failure(placed);
    network.fused = std::move(*placed);
    return {};
}

Status packForKernels(GeneratorNetwork& network, const WeightSet& weights, const RunOptions& options)
{
    const auto packed = direct::DirectNetwork::create(weights, network.spec, directKernels(network.precision));
    if (!packed)
        return failure(packed);
    network.precision = (*packed)->kernels->bf16 ? Precision::Bf16 : Precision::Fp32;
    const auto halves =
        options.imageCacheBytes > 0 ? std::make_shared<direct::ImageHalfCache>(options.imageCacheBytes) : nullptr;
    network.frameExecutors = std::make_unique<ExecutorPool>([network = *packed, halves](int threads) {
        return std::make_unique<direct::DirectExecutor>(network, threads, halves);
    });
    return {};
}

Status packForOnednn(GeneratorNetwork& network, const WeightSet& weights)
{
    const bool isBf16 = network.precision == Precision::Bf16 && onednn::OnednnNetwork::hasBf16();
    const auto packed = onednn::OnednnNetwork::create(weights, network.spec, isBf16);
    if (!packed)
        return failure(packed);
    network.precision = isBf16 ? Precision::Bf16 : Precision::Fp32;
    network.frameExecutors = std::make_unique<ExecutorPool>(
        [network = *packed](int threads) { return onednn::makeOnednnExecutor(network, threads); });
    return {};
}

Status build(GeneratorNetwork& network, const WeightSet& weights, const RunOptions& options)
{
    std::shared_ptr<GeneratorModule> module;
    {
        const WithoutInitialisation numbersFollow;
        module = makeGeneratorModule(network.spec);
    }
    // Whatever runs it, the module knows which tensors there must be.
    if (auto lent = lendWeights(*module, weights, network.spec.name()); !lent)
        return lent;
    network.executor = executorOn(network.device, network.spec, options);
    if (network.executor == Executor::OneDnn)
        return packForOnednn(network, weights);
    if (network.executor == Executor::Direct)
        return network.device.cuda ? placeOnDevice(network, weights, options)
                                   : packForKernels(network, weights, options);
    module->eval();
    module->fold();
    keepWeights(*module, weights, torchDevice(network.device), network.type);
    network.module = std::move(module);
    return {};
}

/// A network from an archive, whose code is run only when the operator agreed.
Status open(GeneratorNetwork& network, const std::filesystem::path& file)
{
    auto module = openScriptGenerator(file, network.spec);
    if (!module)
        return failure(module);
    (*module)->move(torchDevice(network.device), network.type);
    network.module = std::move(*module);
    return {};
}

} // namespace

Precision usablePrecision(Precision wanted, const Device& device)
{
    if (wanted == Precision::Bf16)
        return (device.cuda ? cudaHasFastBf16(device) : hasFastBf16()) ? Precision::Bf16 : Precision::Fp32;
    return wanted == Precision::Fp16 && device.cuda ? Precision::Fp16 : Precision::Fp32;
}

int RunOptions::threadCount() const
{
    return threads > 0 ? threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

Status notFinite()
{
    return failure(ErrorCode::InvalidInput,
                   "The network's numbers became infinite. Try --precision fp32, or train the avatar again.");
}

Generator::Generator(std::shared_ptr<const GeneratorNetwork> network, std::unique_ptr<GeneratorRunner> runner)
    : m_network(std::move(network))
    , m_runner(std::move(runner))
{
}
Generator::~Generator() = default;

Result<std::unique_ptr<Generator>> Generator::create(const WeightSet& weights, const GeneratorSpec& spec,
                                                     const RunOptions& options)
{
    return make(spec, options, [&](GeneratorNetwork& network) { return build(network, weights, options); });
}

Result<std::unique_ptr<Generator>> Generator::load(const std::filesystem::path& file, const GeneratorSpec& spec,
                                                   const RunOptions& options)
{
    if (spec.kind == GeneratorKind::TorchScript) {
        auto inFloat = options;
        inFloat.precision = Precision::Fp32;
        return make(spec, inFloat, [&](GeneratorNetwork& network) { return open(network, file); });
    }
    const auto weights = readSafetensors(file);
    if (!weights)
        return failure(weights);
    return create(*weights, spec, options);
}

Result<std::unique_ptr<Generator>> Generator::make(const GeneratorSpec& spec, const RunOptions& options,
                                                   const std::function<Status(GeneratorNetwork&)>& build)
{
    const auto device = findDevice(options.device);
    if (!device)
        return failure(device);
    if (options.executor != Executor::Auto && executorOn(*device, spec, options) != options.executor)
        return failure(ErrorCode::Usage, "That executor does not run the network '" + spec.name() + "' here");
    auto network = std::make_shared<GeneratorNetwork>();
    network->spec = spec;
    network->device = *device;
    const auto built = guarded("Building the generator", [&]() -> Status {
        network->precision = usablePrecision(options.precision, *device);
        network->type = scalarType(network->precision);
        return build(*network);
    });
    if (!built)
        return failure(built);
    return onNetwork(std::move(network), options.threadCount(), options.graphs);
}

Result<std::unique_ptr<Generator>> Generator::onNetwork(std::shared_ptr<const GeneratorNetwork> network, int threads,
                                                        bool graphs)
{
    std::unique_ptr<GeneratorRunner> runner;
    const auto made = guarded("Making a replica of the generator", [&]() -> Status {
        // What a TorchScript does besides launching kernels cannot be captured.
        const bool captures = graphs && network->spec.kind != GeneratorKind::TorchScript;
        if (network->device.cuda)
            runner = network->fused ? makeFusedRunner(network, captures) : makeCudaRunner(network, captures);
        else
            runner =
                network->frameExecutors ? makeFrameRunner(network, threads) : makeProcessorRunner(network, threads);
        return {};
    });
    if (!made)
        return failure(made);
    return std::unique_ptr<Generator>(new Generator(std::move(network), std::move(runner)));
}

Result<std::unique_ptr<Generator>> Generator::replica(int threads, bool graphs) const
{
    return onNetwork(m_network, RunOptions{.threads = threads}.threadCount(), graphs);
}

const GeneratorSpec& Generator::spec() const
{
    return m_network->spec;
}

const Device& Generator::device() const
{
    return m_network->device;
}

Precision Generator::precision() const
{
    return m_network->precision;
}

Executor usableExecutor(const GeneratorSpec& spec, const RunOptions& options)
{
    const auto device = findDevice(options.device);
    return device ? executorOn(*device, spec, options) : Executor::LibTorch;
}

std::string describeExecutor(const GeneratorSpec& spec, const RunOptions& options)
{
    const auto executor = usableExecutor(spec, options);
    if (executor == Executor::LibTorch)
        return "LibTorch";
    if (executor == Executor::OneDnn)
        return onednn::OnednnNetwork::library();
    if (const auto device = findDevice(options.device); device && device->cuda)
        return std::string("own CUDA kernels with ") +
            (usablePrecision(options.precision, *device) == Precision::Bf16 ? "bfloat16" : "float16");
    return std::string("own kernels for ") + directKernels(usablePrecision(options.precision, Device{})).name;
}

Executor Generator::executor() const
{
    return m_network->executor;
}

Status Generator::run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
                      std::span<std::uint8_t> output)
{
    const auto bytes = spec().pictureBytes() * static_cast<std::size_t>(std::max(batch, 0));
    if (batch < 1 || pictures.size() != bytes || output.size() != bytes ||
        windows.size() != spec().audioElements() * static_cast<std::size_t>(batch))
        return failure(ErrorCode::Internal, kWrongSizes);
    return guarded("Running the generator", [&] { return m_runner->run(pictures, windows, batch, output); });
}

Status Generator::run(const DeviceCrops& crops, std::span<const MouthInput> mouths, int paddedSize,
                      std::span<std::uint8_t> output, RunTimes* times)
{
    const bool fits = !mouths.empty() && paddedSize >= static_cast<int>(mouths.size()) &&
        output.size() == mouths.size() * spec().pictureBytes() && crops.host().cropSize() == spec().cropSize();
    const bool eachFits = std::all_of(mouths.begin(), mouths.end(), [&](const MouthInput& mouth) {
        return mouth.window.size() == spec().audioElements() && crops.host().isWritten(mouth.templateFrame);
    });
    if (!fits || !eachFits)
        return failure(ErrorCode::Internal, kWrongSizes);
    RunTimes measured;
    const auto ran =
        guarded("Running the generator", [&] { return m_runner->run(crops, mouths, paddedSize, output, measured); });
    if (times)
        *times = measured;
    return ran;
}

Status Generator::warmUp(const DeviceCrops& crops, int batch)
{
    if (batch < 1 || crops.host().cropSize() != spec().cropSize())
        return failure(ErrorCode::Internal, kWrongSizes);
    return guarded("Warming the generator up", [&]() -> Status {
        m_runner->warmUp(crops, batch);
        return {};
    });
}

Result<std::shared_ptr<std::uint8_t[]>> Generator::hostBuffer(std::size_t bytes) const
{
    std::shared_ptr<std::uint8_t[]> buffer;
    const auto made = guarded("Reserving memory for pictures", [&]() -> Status {
        buffer = m_runner->hostBuffer(bytes);
        return {};
    });
    if (!made)
        return failure(made);
    return buffer;
}

} // namespace lipsync::nn

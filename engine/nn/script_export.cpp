// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/script_export.h"

#include "base/file_system.h"
#include "nn/formula_weights.h"
#include "nn/generator.h"
#include "nn/module_weights.h"
#include "nn/script_generator.h"
#include "nn/synctalk2d.h"
#include "nn/torch_runtime.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/ranges.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/script.h>

namespace lipsync::nn {

namespace {

namespace fs = std::filesystem;

/// Of the pictures a network is traced with, and of those an export is checked with: more than one, so that nothing is
/// made for single pictures.
constexpr int kComparedBatch = 2;

torch::Tensor picturesOf(const NetworkProfile& profile)
{
    return torch::zeros({kComparedBatch, 6, profile.pictureSize, profile.pictureSize});
}

torch::Tensor windowsOf(const NetworkProfile& profile)
{
    const auto [channels, height, columns] = profile.audioShape;
    return torch::zeros({kComparedBatch, channels, height, columns});
}

/// TorchScript names are identifiers: "inc.inconv.0.conv" has to be "inc_inconv_0_conv".
void giveTensors(GeneratorModule& network, torch::jit::Module& script)
{
    const auto nameOf = [](std::string name) {
        std::replace(name.begin(), name.end(), '.', '_');
        return name;
    };
    for (auto& parameter : network.named_parameters()) {
        parameter.value().set_requires_grad(false);
        script.register_parameter(nameOf(parameter.key()), parameter.value(), /*is_buffer=*/false);
    }
    for (auto& buffer : network.named_buffers())
        script.register_buffer(nameOf(buffer.key()), buffer.value());
}

/// The network as TorchScript: what its forward does is recorded, with the module's own tensors as parameters. Nothing
/// in it depends on the number of pictures.
torch::jit::Module traced(GeneratorModule& network, const NetworkProfile& profile)
{
    const torch::NoGradGuard noGradient;
    torch::jit::Module script("__torch__.lipsync.Network");
    giveTensors(network, script);
    const auto recorded = torch::jit::tracer::trace(
        {picturesOf(profile), windowsOf(profile)},
        [&network](const torch::jit::Stack& inputs) -> torch::jit::Stack {
            return {network.forward(inputs.at(0).toTensor(), inputs.at(1).toTensor())};
        },
        [](const torch::Tensor&) { return std::string(); }, /*strict=*/true, /*force_outplace=*/false, &script,
        {"pictures", "windows"});
    const c10::QualifiedName name(*script.type()->name(), "forward");
    script.type()->addMethod(script._ivalue()->compilation_unit()->create_function(name, recorded.first->graph));
    return script;
}

Result<torch::jit::Module> networkOf(const fs::path& generatorFile, const GeneratorSpec& spec)
{
    if (spec.kind == GeneratorKind::TorchScript) {
        const auto script = openAgreedScript(generatorFile, spec);
        if (!script)
            return failure(script);
        return (*script)->module;
    }
    const auto weights = readSafetensors(generatorFile);
    if (!weights)
        return failure(weights);
    std::shared_ptr<GeneratorModule> module;
    {
        const WithoutInitialisation numbersFollow;
        module = makeGeneratorModule(spec);
    }
    if (auto lent = lendWeights(*module, *weights, spec.name()); !lent)
        return failure(lent);
    module->eval();
    module->fold();
    keepWeights(*module, *weights);
    return traced(*module, spec.profile());
}

/// From bytes to bytes around the network, as the processor's runner does it. Types and layouts are LibTorch's numbers,
/// because this language has no names for them: 6 float32, 0 uint8, 2 channels-last.
std::string forwardCode(const GeneratorSpec& spec)
{
    const bool referenceFirst = spec.profile().order == PictureOrder::ReferenceFirst;
    const bool soundFirst = spec.custom && spec.custom->soundFirst;
    return fmt::format(R"(
def forward(self, {picture}: Tensor, {window}: Tensor) -> Tensor:
    picture = torch.div(torch.to({picture}.permute([0, 3, 1, 2]), 6), 255.0)
    masked = picture * self.visible
    pictures = torch.contiguous(torch.cat([{halves}], 1), memory_format=2)
    windows = torch.contiguous({window}, memory_format=2)
    mouths = torch.clamp(torch.nan_to_num(self.network.forward({inputs}), 0.0), 0.0, 1.0)
    return torch.contiguous(torch.to(mouths * 255.0, 0).permute([0, 2, 3, 1]), memory_format=0)
)",
                       fmt::arg("picture", kExportedPicture), fmt::arg("window", kExportedWindow),
                       fmt::arg("halves", referenceFirst ? "picture, masked" : "masked, picture"),
                       fmt::arg("inputs", soundFirst ? "windows, pictures" : "pictures, windows"));
}

/// 1 where the network sees both halves, 0 under the mask.
torch::Tensor visiblePixels(const NetworkProfile& profile)
{
    const auto [x, y, width, height] = profile.mask;
    auto visible = torch::ones({1, 1, profile.pictureSize, profile.pictureSize});
    visible.slice(2, y, y + height).slice(3, x, x + width).zero_();
    return visible;
}

/// A byte of a trial picture.
std::uint8_t trialByte(std::size_t index)
{
    constexpr std::uint32_t kStream = 200'000;
    constexpr double kHalf = 127.5;
    return static_cast<std::uint8_t>(kHalf + kHalf * formulaNumber(static_cast<std::uint32_t>(index), kStream));
}

ExportLikeness likenessOf(std::span<const std::uint8_t> original, std::span<const std::uint8_t> exported)
{
    ExportLikeness likeness;
    std::size_t differing = 0;
    for (std::size_t i = 0; i < original.size(); ++i) {
        const int difference = std::abs(int{original[i]} - int{exported[i]});
        likeness.largestDifference = std::max(likeness.largestDifference, difference);
        differing += difference > 0 ? 1 : 0;
    }
    likeness.differing = static_cast<double>(differing) / static_cast<double>(original.size());
    return likeness;
}

} // namespace

Status exportTorchScript(const fs::path& generatorFile, const GeneratorSpec& spec, const fs::path& archive)
{
    return guarded("Writing the network as TorchScript", [&]() -> Status {
        auto network = networkOf(generatorFile, spec);
        if (!network)
            return failure(network);
        torch::jit::Module script("__torch__.lipsync.Generator");
        script.register_module("network", *network);
        script.register_buffer("visible", visiblePixels(spec.profile()));
        script.define(forwardCode(spec));
        script.eval();
        return writeWhole(archive, [&](const fs::path& file) -> Status {
            try {
                script.save(file.string());
            } catch (const std::exception& problem) { // of LibTorch, which says so of a full disk as of anything
                return failure(ErrorCode::Resource, fmt::format("{} cannot be written.", archive.string()),
                               problem.what());
            }
            return {};
        });
    });
}

struct ExportedGenerator::Parts {
    torch::jit::Module script;
    GeneratorSpec spec;
    int threads = 1;
};

ExportedGenerator::ExportedGenerator()
    : m_parts(std::make_unique<Parts>())
{
}

ExportedGenerator::~ExportedGenerator() = default;

Result<std::unique_ptr<ExportedGenerator>> ExportedGenerator::open(const fs::path& archive, const GeneratorSpec& spec,
                                                                   int threads)
{
    std::unique_ptr<ExportedGenerator> generator(new ExportedGenerator);
    generator->m_parts->spec = spec;
    generator->m_parts->threads = threads;
    const auto opened = guarded("Opening the exported network", [&]() -> Status {
        generator->m_parts->script = torch::jit::load(archive.string(), torch::kCPU);
        generator->m_parts->script.eval();
        return {};
    });
    if (!opened)
        return failure(ErrorCode::InvalidInput, fmt::format("{} is no network that was exported.", archive.string()),
                       opened.error().cause);
    return generator;
}

Status ExportedGenerator::run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
                              std::span<std::uint8_t> output)
{
    auto& [script, spec, threads] = *m_parts;
    const auto bytes = spec.pictureBytes() * static_cast<std::size_t>(std::max(batch, 0));
    if (batch < 1 || pictures.size() != bytes || output.size() != bytes ||
        windows.size() != spec.audioElements() * static_cast<std::size_t>(batch))
        return failure(ErrorCode::Internal, "A batch does not have the sizes of the exported network.");
    return guarded("Running the exported network", [&]() -> Status {
        const c10::InferenceMode inference;
        useThreads(threads);
        const int size = spec.pictureSize();
        const auto [channels, height, columns] = spec.audioShape();
        const auto picture =
            torch::from_blob(const_cast<std::uint8_t*>(pictures.data()), {batch, size, size, 3}, torch::kUInt8);
        const auto window = torch::from_blob(const_cast<float*>(windows.data()), {batch, channels, height, columns});
        const auto result = script.forward({picture, window}).toTensor();
        const std::vector<std::int64_t> expected{batch, size, size, 3};
        if (result.sizes() != expected || result.scalar_type() != torch::kUInt8)
            return failure(ErrorCode::InvalidInput,
                           fmt::format("The exported network makes [{}] where pictures are [{}].",
                                       fmt::join(result.sizes(), ", "), fmt::join(expected, ", ")));
        std::copy_n(result.contiguous().data_ptr<std::uint8_t>(), output.size(), output.data());
        return {};
    });
}

Result<ExportLikeness> compareExport(const fs::path& generatorFile, const GeneratorSpec& spec, const fs::path& archive)
{
    RunOptions options;
    options.executor = Executor::LibTorch;
    const auto original = Generator::load(generatorFile, spec, options);
    if (!original)
        return failure(original);
    const auto exported = ExportedGenerator::open(archive, spec, options.threadCount());
    if (!exported)
        return failure(exported);
    std::vector<std::uint8_t> pictures(kComparedBatch * spec.pictureBytes()), ours(pictures.size()),
        theirs(ours.size());
    for (std::size_t i = 0; i < pictures.size(); ++i)
        pictures[i] = trialByte(i);
    const auto windows = formulaFeatures(kComparedBatch * spec.audioElements());
    if (auto ran = (*original)->run(pictures, windows, kComparedBatch, ours); !ran)
        return failure(ran);
    if (auto ran = (*exported)->run(pictures, windows, kComparedBatch, theirs); !ran)
        return failure(ran);
    return likenessOf(ours, theirs);
}

} // namespace lipsync::nn

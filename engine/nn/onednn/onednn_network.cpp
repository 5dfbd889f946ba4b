// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/onednn/onednn_network.h"

#include "nn/direct/kernels.h"
#include "nn/onednn/packed_network.h"

#include <algorithm>

namespace lipsync::nn::onednn {

namespace {

using dnnl::memory;
using Type = memory::data_type;
using Tag = memory::format_tag;

constexpr int kColours = 3;
constexpr int kWidestOwnBorder = 1; ///< oneDNN 2.6 has slow loops only for a wider one of 3×3 convolutions with a step

/// Packs layers until one of them does not fit.
class Packer {
public:
    Packer(const WeightSet& weights, PackedNetwork& network)
        : m_weights(weights)
        , m_network(network)
        , m_stream(network.engine)
    {
    }

    PackedResidual residual(const ResidualPlan& plan)
    {
        if (!m_status)
            return {};
        const auto folded = foldResidual(m_weights, plan);
        if (!folded) {
            m_status = failure(folded);
            return {};
        }
        const auto& [expand, depthwise, project] = *folded;
        const int first = plan.first == 0 ? expand.inputs : plan.first;
        const InputChannels inputs{first, expand.inputs - first};
        PackedResidual packed;
        packed.plan = plan;
        packed.in = {inputs.padded(), plan.rows, plan.columns};
        const int rows = (plan.rows - 1) / plan.step + 1, columns = (plan.columns - 1) / plan.step + 1;
        packed.hidden = {paddedChannels(expand.outputs), rows, columns};
        packed.out = {paddedChannels(project.outputs), rows, columns};

        const auto pair =
            expandPrimitive(m_network, packed, anyWeights(m_network, packed.hidden.channels, packed.in.channels, 1));
        packed.expand = {pack(expand, inputs, packed.hidden.channels, pair.weights_desc()),
                         bias(expand, packed.hidden.channels)};
        const auto taps = pair.query_md(dnnl::query::exec_arg_md, DNNL_ARG_ATTR_POST_OP_DW | DNNL_ARG_WEIGHTS);
        packed.depthwise = {packDepthwise(depthwise, packed.hidden.channels, taps),
                            bias(depthwise, packed.hidden.channels)};
        const auto last =
            projectPrimitive(m_network, packed, anyWeights(m_network, packed.out.channels, packed.hidden.channels, 1));
        packed.project = {pack(project, {project.inputs}, packed.out.channels, last.weights_desc()),
                          bias(project, packed.out.channels)};
        return packed;
    }

    PackedConvolution convolution(const ConvolutionPlan& plan)
    {
        const auto folded = this->folded(plan.name, plan.norm, plan.kSide * plan.kSide);
        if (!m_status)
            return {};
        PackedConvolution packed;
        packed.plan = plan;
        packed.in = {paddedChannels(folded.inputs), plan.rows, plan.columns};
        packed.out = {paddedChannels(folded.outputs), plan.outRows(), plan.outColumns()};
        const auto primitive = densePrimitive(
            m_network, packed, anyWeights(m_network, packed.out.channels, packed.in.channels, plan.kSide));
        packed.dense = {pack(folded, {folded.inputs}, packed.out.channels, primitive.weights_desc()),
                        bias(folded, packed.out.channels)};
        return packed;
    }

    Weights exit()
    {
        const auto folded = this->folded(kUnetExit, {}, 1);
        if (!m_status)
            return {};
        const int outputs = m_network.logits.channels, inputs = m_network.ups.back().second.out.channels;
        const auto primitive = exitPrimitive(m_network, anyWeights(m_network, outputs, inputs, 1));
        return {pack(folded, {folded.inputs}, outputs, primitive.weights_desc()), bias(folded, outputs)};
    }

    const Status& status() const { return m_status; }

private:
    FoldedConvolution folded(const std::string& name, const std::string& norm, int taps)
    {
        if (!m_status)
            return {};
        auto made = fold(m_weights, name, norm);
        if (made && made->taps == taps)
            return std::move(*made);
        m_status =
            made ? failure(ErrorCode::InvalidInput, "'" + name + "' has a kernel of another size") : failure(made);
        return {};
    }

    memory reordered(std::vector<float>& numbers, const memory::dims& dims, Tag tag, const memory::desc& wanted)
    {
        memory plain({dims, Type::f32, tag}, m_network.engine, numbers.data());
        memory packed(wanted, m_network.engine);
        dnnl::reorder(plain, packed).execute(m_stream, plain, packed);
        m_stream.wait();
        return packed;
    }

    memory pack(const FoldedConvolution& convolution, const InputChannels& inputs, int outputs,
                const memory::desc& wanted)
    {
        const int side = convolution.taps == 1 ? 1 : ConvolutionPlan::kSide;
        std::vector<float> numbers(static_cast<std::size_t>(outputs) * inputs.padded() * convolution.taps);
        const auto* weight = convolution.weights.data();
        for (int output = 0; output < convolution.outputs; ++output) {
            for (int channel = 0; channel < convolution.inputs; ++channel) {
                const auto row = static_cast<std::size_t>(output) * inputs.padded() + inputs.placeOf(channel);
                for (int tap = 0; tap < convolution.taps; ++tap, ++weight)
                    numbers[row * convolution.taps + tap] = static_cast<float>(*weight);
            }
        }
        return reordered(numbers, {outputs, inputs.padded(), side, side}, Tag::oihw, wanted);
    }

    memory packDepthwise(const FoldedConvolution& depthwise, int channels, const memory::desc& wanted)
    {
        constexpr int kSide = 3;
        std::vector<float> numbers(depthwise.weights.begin(), depthwise.weights.end());
        numbers.resize(static_cast<std::size_t>(channels) * kDepthwiseTaps);
        return reordered(numbers, {channels, 1, 1, kSide, kSide}, Tag::goihw, wanted);
    }

    memory bias(const FoldedConvolution& convolution, int outputs)
    {
        memory made({{outputs}, Type::f32, Tag::a}, m_network.engine);
        auto* numbers = static_cast<float*>(made.get_data_handle());
        std::fill_n(numbers, outputs, 0.0f);
        std::ranges::transform(convolution.bias, numbers, [](double b) { return static_cast<float>(b); });
        return made;
    }

    const WeightSet& m_weights;
    PackedNetwork& m_network;
    dnnl::stream m_stream;
    Status m_status;
};

dnnl::primitive_attr attributes(const dnnl::post_ops& after)
{
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(after);
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
}

/// Whether oneDNN uses those instructions here.
bool has(unsigned instructions)
{
    return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & instructions) == instructions;
}

/// oneDNN's ReLU makes 0 of what is not a number, which so would be lost; with a slope it keeps it. This slope is beyond
/// the last digit of any sum.
void appendRelu(dnnl::post_ops& after)
{
    constexpr float kSlope = 1e-30f;
    after.append_eltwise(1, dnnl::algorithm::eltwise_relu, kSlope, 0);
}

Primitive convolution(const PackedNetwork& network, const memory::desc& in, const memory::desc& weights,
                      const memory::desc& out, const memory::dims& steps, int border, const dnnl::post_ops& after)
{
    const memory::desc bias({out.dims()[1]}, Type::f32, Tag::a);
    const memory::dims borders{border, border};
    return {{dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, in, weights, bias, out, steps,
             borders, borders},
            attributes(after),
            network.engine};
}

} // namespace

memory::desc PackedNetwork::describe(const MapShape& map, Type type) const
{
    constexpr int kWide = 16;
    return {{1, map.channels, map.rows, map.columns}, type, block == kWide ? Tag::nChw16c : Tag::nChw8c};
}

memory::desc anyWeights(const PackedNetwork& network, int outputs, int inputs, int side)
{
    return {{outputs, inputs, side, side}, network.number, Tag::any};
}

Primitive expandPrimitive(const PackedNetwork& network, const PackedResidual& layer, const memory::desc& weights)
{
    constexpr int kNoScales = 0;
    dnnl::post_ops after;
    appendRelu(after);
    if (layer.plan.step == 1)
        after.append_dw_k3s1p1(network.number, Type::f32, network.number, kNoScales, {});
    else
        after.append_dw_k3s2p1(network.number, Type::f32, network.number, kNoScales, {});
    appendRelu(after);
    const MapShape expanded{layer.hidden.channels, layer.plan.rows, layer.plan.columns};
    return convolution(network, network.describe(layer.in), weights, network.describe(expanded), {1, 1}, 0, after);
}

Primitive projectPrimitive(const PackedNetwork& network, const PackedResidual& layer, const memory::desc& weights)
{
    dnnl::post_ops after;
    if (layer.plan.addsInput)
        after.append_sum(); // what lies where the output goes
    return convolution(network, network.describe(layer.hidden), weights, network.describe(layer.out), {1, 1}, 0, after);
}

MapShape bordered(const PackedConvolution& layer)
{
    const int border = layer.plan.border > kWidestOwnBorder ? 2 * layer.plan.border : 0;
    return {layer.in.channels, layer.in.rows + border, layer.in.columns + border};
}

Primitive densePrimitive(const PackedNetwork& network, const PackedConvolution& layer, const memory::desc& weights)
{
    dnnl::post_ops after;
    appendRelu(after);
    const int border = layer.plan.border > kWidestOwnBorder ? 0 : layer.plan.border;
    return convolution(network, network.describe(bordered(layer)), weights, network.describe(layer.out),
                       {layer.plan.step[0], layer.plan.step[1]}, border, after);
}

Primitive exitPrimitive(const PackedNetwork& network, const memory::desc& weights)
{
    return convolution(network, network.describe(network.ups.back().second.out), weights,
                       network.describe(network.logits, Type::f32), {1, 1}, 0, {});
}

bool OnednnNetwork::covers(const GeneratorSpec& spec)
{
    return isUnet(spec) && direct::kernelsFloat() != nullptr;
}

bool OnednnNetwork::hasBf16()
{
    return has(dnnl_cpu_isa_avx512_core_bf16);
}

std::string OnednnNetwork::library()
{
    const auto* version = dnnl_version();
    return "oneDNN " + std::to_string(version->major) + "." + std::to_string(version->minor);
}

Result<std::shared_ptr<const OnednnNetwork>> OnednnNetwork::create(const WeightSet& weights, const GeneratorSpec& spec,
                                                                   bool bf16)
{
    constexpr int kWide = 16, kNarrow = 8;
    if (!covers(spec))
        return failure(ErrorCode::Usage, "oneDNN does not run the network '" + spec.name() + "' here");
    auto packed = std::make_unique<PackedNetwork>();
    auto& network = *packed;
    network.spec = spec;
    network.profile = spec.profile();
    network.engine = dnnl::engine(dnnl::engine::kind::cpu, 0);
    network.number = bf16 ? Type::bf16 : Type::f32;
    network.block = has(dnnl_cpu_isa_avx512_core) ? kWide : kNarrow;
    network.logits = {paddedChannels(kColours), network.profile.pictureSize, network.profile.pictureSize};
    Packer packer(weights, network);
    network.make(
        planUnet(spec), [&](const ResidualPlan& plan) { return packer.residual(plan); },
        [&](const ConvolutionPlan& plan) { return packer.convolution(plan); });
    if (packer.status())
        network.exit = packer.exit();
    if (!packer.status())
        return tl::make_unexpected(packer.status().error());
    if (network.audio3.in.channels != network.audio2.out.channels ||
        network.audio5.in.channels != network.audio4.out.channels)
        return failure(ErrorCode::InvalidInput, "The convolutions of the audio layers do not fit together");
    return std::make_shared<OnednnNetwork>(std::move(packed));
}

OnednnNetwork::OnednnNetwork(std::unique_ptr<const PackedNetwork> packed)
    : m_packed(std::move(packed))
{
}
OnednnNetwork::~OnednnNetwork() = default;

} // namespace lipsync::nn::onednn

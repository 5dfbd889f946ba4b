// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/wav2lip.h"

#include <mutex>

namespace lipsync::nn {

/// Convolution, plain or transposed, BatchNorm, what came in where the layer is residual, ReLU.
class Wav2LipLayer : public torch::nn::Module {
public:
    virtual torch::Tensor forward(const torch::Tensor& x) = 0;
    virtual void fold() = 0;
};

namespace {

class PlainLayer final : public Wav2LipLayer {
public:
    PlainLayer(const torch::nn::Conv2dOptions& options, bool residual)
        : m_residual(residual)
    {
        auto block = register_module("conv_block", std::make_shared<Group>());
        m_conv = ConvNorm(*block, "0", "1", options);
    }

    torch::Tensor forward(const torch::Tensor& x) override
    {
        auto y = m_conv(x);
        if (m_residual)
            y.add_(x);
        return y.relu_();
    }

    void fold() override { m_conv.fold(); }

private:
    ConvNorm m_conv;
    const bool m_residual;
};

class TransposedLayer final : public Wav2LipLayer {
public:
    TransposedLayer(int in, int out, int kernel, int stride, int padding)
        : m_stride(stride)
        , m_padding(padding)
        , m_block(register_module("conv_block", std::make_shared<Group>()))
        , m_conv(m_block->register_module("0",
                                          make(torch::nn::ConvTranspose2dOptions(in, out, kernel)
                                                   .stride(stride)
                                                   .padding(padding)
                                                   .output_padding(stride - 1))))
        , m_norm(m_block->register_module("1", torch::nn::BatchNorm2d(out)))
    {
    }

    torch::Tensor forward(const torch::Tensor& x) override
    {
        auto y = convolve(x);
        return (m_norm ? m_norm->forward(y) : y).relu_();
    }

    void fold() override
    {
        torch::NoGradGuard noGradient;
        const auto& norm = *m_norm;
        const auto scale = norm.weight / torch::sqrt(norm.running_var + norm.options.eps());
        m_conv->weight.set_data(m_conv->weight * scale.view({1, -1, 1, 1})); // inputs come first
        m_conv->bias.set_data((m_conv->bias - norm.running_mean) * scale + norm.bias);
        m_block->unregister_module("1");
        m_norm = nullptr;
    }

private:
    torch::Tensor convolve(const torch::Tensor& x)
    {
        if (kTransposesBf16 || x.scalar_type() != torch::kBFloat16 || !x.device().is_cpu())
            return m_conv->forward(x);
        std::call_once(m_widened, [this] {
            m_wideWeight = m_conv->weight.to(torch::kFloat32);
            m_wideBias = m_conv->bias.to(torch::kFloat32);
        });
        return torch::conv_transpose2d(x.to(torch::kFloat32), m_wideWeight, m_wideBias, m_stride, m_padding,
                                       m_stride - 1)
            .to(torch::kBFloat16);
    }

    static torch::nn::ConvTranspose2d make(const torch::nn::ConvTranspose2dOptions& options)
    {
        if (!WithoutInitialisation::active())
            return torch::nn::ConvTranspose2d(options);
        // As makeConvolution() does it: the smallest there is, which then grows.
        const auto& kernel = *options.kernel_size();
        torch::nn::ConvTranspose2d conv(torch::nn::ConvTranspose2dOptions(1, 1, 1));
        conv->options.in_channels(options.in_channels()).out_channels(options.out_channels());
        conv->options.kernel_size(options.kernel_size()).stride(options.stride()).padding(options.padding());
        conv->options.output_padding(options.output_padding());
        conv->weight.set_data(torch::empty({options.in_channels(), options.out_channels(), kernel[0], kernel[1]}));
        conv->bias.set_data(torch::empty({options.out_channels()}));
        return conv;
    }

    const int m_stride, m_padding;
    std::shared_ptr<Group> m_block;
    torch::nn::ConvTranspose2d m_conv;
    torch::nn::BatchNorm2d m_norm;
    std::once_flag m_widened;
    torch::Tensor m_wideWeight, m_wideBias; ///< the folded convolution in float32, where bf16 cannot be computed
};

/// One layer of the tables below.
struct LayerPlan {
    bool transposed;
    int in, out, kernel, stride, padding;
    bool residual;
};
using BlockPlan = std::vector<LayerPlan>;

LayerPlan plain(int in, int out, int kernel, int stride, int padding)
{
    return {false, in, out, kernel, stride, padding, false};
}

LayerPlan transposed(int in, int out, int kernel, int stride, int padding)
{
    return {true, in, out, kernel, stride, padding, false};
}

/// A layer and so many residual ones after it.
BlockPlan with(const LayerPlan& first, int residuals)
{
    BlockPlan plan{first};
    plan.insert(plan.end(), static_cast<std::size_t>(residuals), {false, first.out, first.out, 3, 1, 1, true});
    return plan;
}

/// Halves the picture.
BlockPlan halving(int in, int out, int residuals)
{
    return with(plain(in, out, 3, 2, 1), residuals);
}

/// Doubles it.
BlockPlan doubling(int in, int out, int residuals)
{
    return with(transposed(in, out, 3, 2, 1), residuals);
}

std::vector<BlockPlan> encoderPlan(int w, bool large)
{
    std::vector<BlockPlan> plan{{plain(6, w / 2, 7, 1, 3)}, halving(w / 2, w, 2),     halving(w, 2 * w, 3),
                                halving(2 * w, 4 * w, 2),   halving(4 * w, 8 * w, 2), halving(8 * w, 16 * w, 1)};
    if (large)
        plan.push_back(halving(16 * w, 16 * w, 1));
    plan.push_back({plain(16 * w, 16 * w, large ? 4 : 3, 1, 0), plain(16 * w, 16 * w, 1, 1, 0)});
    return plan;
}

std::vector<BlockPlan> decoderPlan(int w, bool large)
{
    std::vector<BlockPlan> plan{{plain(16 * w, 16 * w, 1, 1, 0)},
                                with(transposed(32 * w, 16 * w, large ? 4 : 3, 1, 0), 1),
                                doubling(32 * w, 16 * w, large ? 1 : 2)};
    if (large)
        plan.push_back(doubling(32 * w, 16 * w, 2));
    plan.push_back(doubling(24 * w, 12 * w, 2));
    plan.push_back(doubling(16 * w, 8 * w, 2));
    plan.push_back(doubling(10 * w, 4 * w, 2));
    plan.push_back(doubling(5 * w, 2 * w, 2));
    return plan;
}

std::shared_ptr<Wav2LipLayer> makeLayer(const LayerPlan& plan)
{
    if (plan.transposed)
        return std::make_shared<TransposedLayer>(plan.in, plan.out, plan.kernel, plan.stride, plan.padding);
    return std::make_shared<PlainLayer>(
        torch::nn::Conv2dOptions(plan.in, plan.out, plan.kernel).stride(plan.stride).padding(plan.padding),
        plan.residual);
}

std::vector<std::vector<std::shared_ptr<Wav2LipLayer>>> makeBlocks(torch::nn::Module& owner,
                                                                   const std::vector<BlockPlan>& plans)
{
    std::vector<std::vector<std::shared_ptr<Wav2LipLayer>>> blocks;
    for (const auto& plan : plans) {
        auto group = owner.register_module(std::to_string(blocks.size()), std::make_shared<Group>());
        auto& block = blocks.emplace_back();
        for (const auto& layer : plan)
            block.push_back(group->register_module(std::to_string(block.size()), makeLayer(layer)));
    }
    return blocks;
}

torch::Tensor through(const std::vector<std::shared_ptr<Wav2LipLayer>>& block, torch::Tensor x)
{
    for (const auto& layer : block)
        x = layer->forward(x);
    return x;
}

} // namespace

Wav2Lip::Wav2Lip(const GeneratorSpec& spec)
{
    const bool large = spec.kind == GeneratorKind::Wav2Lip256;
    const int w = spec.width;
    auto encoder = register_module("face_encoder_blocks", std::make_shared<Group>());
    m_encoder = makeBlocks(*encoder, encoderPlan(w, large));
    m_audio = register_module("audio_encoder", std::make_shared<AveLayers>(w));
    auto decoder = register_module("face_decoder_blocks", std::make_shared<Group>());
    m_decoder = makeBlocks(*decoder, decoderPlan(w, large));
    auto output = register_module("output_block", std::make_shared<Group>());
    m_output = output->register_module("0", makeLayer(plain(2 * w + w / 2, w, 3, 1, 1)));
    m_lastConv = output->register_module("1", makeConvolution(torch::nn::Conv2dOptions(w, 3, 1)));
}

torch::Tensor Wav2Lip::forward(const torch::Tensor& pictures, const torch::Tensor& windows)
{
    std::vector<torch::Tensor> skips;
    auto x = pictures;
    for (const auto& block : m_encoder)
        skips.push_back(x = through(block, x));
    x = m_audio->forward(windows);
    for (const auto& block : m_decoder) {
        x = torch::cat({through(block, x), skips.back()}, 1);
        skips.pop_back();
    }
    return m_lastConv->forward(m_output->forward(x)).sigmoid_();
}

void Wav2Lip::fold()
{
    for (auto* blocks : {&m_encoder, &m_decoder}) {
        for (auto& block : *blocks) {
            for (auto& layer : block)
                layer->fold();
        }
    }
    m_audio->fold();
    m_output->fold();
}

} // namespace lipsync::nn

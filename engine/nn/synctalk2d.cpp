// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/synctalk2d.h"

#include <cmath>
#include <utility>

namespace lipsync::nn {

namespace {

constexpr int kExpansion = 2;

torch::nn::Conv2dOptions convolution(int in, int out, int kernel, torch::ExpandingArray<2> stride, int padding)
{
    return torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(padding);
}

thread_local bool withoutInitialisation = false;

using ConvolutionOptions = torch::nn::detail::ConvNdOptions<2>;

/// LibTorch knows no convolution without random numbers: it makes the smallest there is, which then grows.
torch::nn::Conv2d withoutNumbers(const ConvolutionOptions& options, const torch::Tensor& weight)
{
    torch::nn::Conv2d conv(torch::nn::Conv2dOptions(1, 1, 1).bias(options.bias()));
    conv->options = options;
    conv->weight.set_data(weight);
    if (options.bias())
        conv->bias.set_data(torch::empty({options.out_channels()}));
    return conv;
}

/// Writes conv's weights and bias times norm's scale into `folded`. Plain loops: LibTorch's operators would take longer
/// to start than most of these layers take to compute.
void foldInto(torch::nn::Conv2dImpl& folded, const torch::nn::Conv2dImpl& conv, const torch::nn::BatchNorm2dImpl& norm)
{
    const auto outputs = conv.weight.size(0), inputs = conv.weight.size(1);
    const auto taps = conv.weight.size(2) * conv.weight.size(3);
    const float* in = conv.weight.data_ptr<float>();
    const float* bias = conv.bias.defined() ? conv.bias.data_ptr<float>() : nullptr;
    const float* gain = norm.weight.data_ptr<float>();
    const float* shift = norm.bias.data_ptr<float>();
    const float* mean = norm.running_mean.data_ptr<float>();
    const float* variance = norm.running_var.data_ptr<float>();
    const auto epsilon = static_cast<float>(norm.options.eps());
    float* out = folded.weight.data_ptr<float>();
    float* outBias = folded.bias.data_ptr<float>();
    for (std::int64_t o = 0; o < outputs; ++o) {
        const float scale = gain[o] / std::sqrt(variance[o] + epsilon);
        outBias[o] = ((bias ? bias[o] : 0.0f) - mean[o]) * scale + shift[o];
        for (std::int64_t t = 0; t < taps; ++t) {
            for (std::int64_t i = 0; i < inputs; ++i)
                out[t * inputs + i] = in[i * taps + t] * scale;
        }
        in += inputs * taps;
        out += inputs * taps;
    }
}

} // namespace

WithoutInitialisation::WithoutInitialisation()
    : m_before(std::exchange(withoutInitialisation, true))
{
}

WithoutInitialisation::~WithoutInitialisation()
{
    withoutInitialisation = m_before;
}

bool WithoutInitialisation::active()
{
    return withoutInitialisation;
}

torch::nn::Conv2d makeConvolution(const torch::nn::Conv2dOptions& options)
{
    if (!WithoutInitialisation::active())
        return torch::nn::Conv2d(options);
    ConvolutionOptions whole(options.in_channels(), options.out_channels(), options.kernel_size());
    whole.stride(options.stride()).padding(options.padding()).dilation(options.dilation());
    whole.groups(options.groups()).bias(options.bias()).padding_mode(options.padding_mode());
    const auto& kernel = *options.kernel_size();
    return withoutNumbers(
        whole, torch::empty({options.out_channels(), options.in_channels() / options.groups(), kernel[0], kernel[1]}));
}

ConvNorm::ConvNorm(torch::nn::Module& owner, const std::string& convName, const std::string& normName,
                   torch::nn::Conv2dOptions options)
    : m_owner(&owner)
    , m_convName(convName)
    , m_normName(normName)
    , m_conv(owner.register_module(convName, makeConvolution(options)))
    , m_norm(owner.register_module(normName, torch::nn::BatchNorm2d(options.out_channels())))
{
}

torch::Tensor ConvNorm::operator()(const torch::Tensor& x)
{
    const auto y = m_conv->forward(x);
    return m_norm ? m_norm->forward(y) : y;
}

void ConvNorm::fold()
{
    torch::NoGradGuard noGradient;
    const auto& norm = *m_norm;
    const auto channelsLast = torch::TensorOptions().memory_format(torch::MemoryFormat::ChannelsLast);
    auto options = m_conv->options;
    auto folded = withoutNumbers(options.bias(true), torch::empty(m_conv->weight.sizes(), channelsLast));
    foldInto(*folded, *m_conv, norm);
    m_conv = m_owner->replace_module(m_convName, folded);
    m_owner->unregister_module(m_normName);
    m_norm = nullptr;
}

InvertedResidual::InvertedResidual(int in, int out, int stride, bool residual)
    : m_residual(residual)
{
    auto conv = register_module("conv", std::make_shared<Group>());
    const int hidden = in * kExpansion;
    m_expand = ConvNorm(*conv, "0", "1", convolution(in, hidden, 1, 1, 0).bias(false));
    m_depthwise = ConvNorm(*conv, "3", "4", convolution(hidden, hidden, 3, stride, 1).groups(hidden).bias(false));
    m_project = ConvNorm(*conv, "6", "7", convolution(hidden, out, 1, 1, 0).bias(false));
}

torch::Tensor InvertedResidual::forward(const torch::Tensor& x)
{
    auto y = m_expand(x).relu_();
    y = m_depthwise(y).relu_();
    y = m_project(y);
    return m_residual ? y.add_(x) : y;
}

void InvertedResidual::fold()
{
    m_expand.fold();
    m_depthwise.fold();
    m_project.fold();
}

DoubleConv::DoubleConv(int in, int out, int stride)
{
    auto group = register_module("double_conv", std::make_shared<Group>());
    m_first = group->register_module("0", std::make_shared<InvertedResidual>(in, out, stride, false));
    m_second = group->register_module("1", std::make_shared<InvertedResidual>(out, out, 1, true));
}

torch::Tensor DoubleConv::forward(const torch::Tensor& x)
{
    return m_second->forward(m_first->forward(x));
}

void DoubleConv::fold()
{
    m_first->fold();
    m_second->fold();
}

AudioBranch::AudioBranch(const GeneratorSpec& spec)
{
    const int width = spec.width;
    const int c1 = 2 * width, c2 = 4 * width, c3 = 8 * width, c4 = 16 * width;
    const auto [channels, height, columns] = spec.audioShape();
    const bool isClassic = spec.kind == GeneratorKind::UltralightClassic160;
    const bool isWide = spec.mode == AudioMode::Wenet && !isClassic;
    const int first = isWide ? c3 : c1;
    const int listened = spec.mode == AudioMode::Wenet ? c3 : c2;
    const bool keepsInput = isWide && spec.kind != GeneratorKind::Ultralight160 && first == channels;
    m_conv1 = register_module("conv1", std::make_shared<InvertedResidual>(channels, first, 1, keepsInput));
    m_conv2 = register_module("conv2", std::make_shared<InvertedResidual>(first, listened, 1, isWide));
    // Windows of any size leave the third layer as 16 × 16.
    const torch::ExpandingArray<2> stride({height / 16, columns / 16});
    m_conv3 = ConvNorm(*this, "conv3", "bn3", convolution(listened, c3, 3, stride, 1));
    m_conv4 = register_module("conv4", std::make_shared<InvertedResidual>(c3, c3, 1, true));
    m_conv5 = ConvNorm(*this, "conv5", "bn5", convolution(c3, c4, 3, 2, 3));
    m_conv6 = register_module("conv6", std::make_shared<InvertedResidual>(c4, c4, 1, true));
    m_conv7 = register_module("conv7", std::make_shared<InvertedResidual>(c4, c4, 1, true));
}

torch::Tensor AudioBranch::forward(const torch::Tensor& window)
{
    auto x = m_conv2->forward(m_conv1->forward(window));
    x = m_conv3(x).relu_();
    x = m_conv4->forward(x);
    x = m_conv5(x).relu_();
    return m_conv7->forward(m_conv6->forward(x));
}

void AudioBranch::fold()
{
    for (auto& block : {m_conv1, m_conv2, m_conv4, m_conv6, m_conv7})
        block->fold();
    m_conv3.fold();
    m_conv5.fold();
}

SyncTalk2D::SyncTalk2D(const GeneratorSpec& spec)
{
    const bool large = spec.kind == GeneratorKind::SyncTalk2D328;
    const int w = spec.width;
    const std::vector<int> downWidths =
        large ? std::vector<int>{w, w, 2 * w, 4 * w, 8 * w, 16 * w} : std::vector<int>{w, 2 * w, 4 * w, 8 * w, 16 * w};

    auto inc = register_module("inc", std::make_shared<Group>());
    auto inconv = inc->register_module("inconv", std::make_shared<Group>());
    m_inConv = inconv->register_module("0", std::make_shared<InvertedResidual>(6, w, 1, false));

    for (std::size_t i = 0; i + 1 < downWidths.size(); ++i) {
        auto down = register_module("down" + std::to_string(i + 1), std::make_shared<Group>());
        auto maxpool = down->register_module("maxpool_conv", std::make_shared<Group>());
        m_downs.push_back(
            maxpool->register_module("0", std::make_shared<DoubleConv>(downWidths[i], downWidths[i + 1], 2)));
    }

    m_audio = register_module("audio_model", std::make_shared<AudioBranch>(spec));

    auto fuse = register_module("fuse_conv", std::make_shared<Group>());
    m_fuse0 = fuse->register_module("0", std::make_shared<DoubleConv>(32 * w, 16 * w, 1));
    m_fuse1 = fuse->register_module("1", std::make_shared<DoubleConv>(16 * w, 8 * w, 1));

    const std::vector<int> upWidths =
        large ? std::vector<int>{4 * w, 2 * w, w, w, w / 2} : std::vector<int>{4 * w, 2 * w, w, w};
    int below = 8 * w;
    for (std::size_t i = 0; i < upWidths.size(); ++i) {
        const int skip = downWidths[downWidths.size() - 2 - i];
        auto up = register_module("up" + std::to_string(i + 1), std::make_shared<Group>());
        m_ups.push_back(up->register_module("conv", std::make_shared<DoubleConv>(below + skip, upWidths[i], 1)));
        below = upWidths[i];
    }

    auto outc = register_module("outc", std::make_shared<Group>());
    m_outConv = outc->register_module("conv", makeConvolution(convolution(below, 3, 1, 1, 0)));
}

torch::Tensor SyncTalk2D::forward(const torch::Tensor& pictures, const torch::Tensor& windows)
{
    return logits(pictures, windows).sigmoid_();
}

torch::Tensor SyncTalk2D::logits(const torch::Tensor& pictures, const torch::Tensor& windows)
{
    std::vector<torch::Tensor> skips{m_inConv->forward(pictures)};
    for (auto& down : m_downs)
        skips.push_back(down->forward(skips.back()));

    auto x = torch::cat({skips.back(), m_audio->forward(windows)}, 1);
    skips.pop_back();
    x = m_fuse1->forward(m_fuse0->forward(x));
    for (auto& up : m_ups) {
        const auto skip = skips.back();
        skips.pop_back();
        // Every legal picture size is divisible by 2^downs, so the doubled size always meets the skip's.
        x = at::upsample_bilinear2d(x, {skip.size(2), skip.size(3)}, /*align_corners=*/true);
        x = up->forward(torch::cat({x, skip}, 1));
    }
    return m_outConv->forward(x);
}

void SyncTalk2D::fold()
{
    m_inConv->fold();
    for (auto& down : m_downs)
        down->fold();
    m_audio->fold();
    m_fuse0->fold();
    m_fuse1->fold();
    for (auto& up : m_ups)
        up->fold();
}

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/ave_network.h"

namespace lipsync::nn {

namespace {

constexpr int kOriginalWidth = 32;

struct LayerShape {
    int in, out, kernel, strideHeight, strideWidth, padding;
    bool residual;
};

/// Of the original width.
constexpr LayerShape kLayers[] = {
    {1, 32, 3, 1, 1, 1, false},    {32, 32, 3, 1, 1, 1, true},   {32, 32, 3, 1, 1, 1, true},
    {32, 64, 3, 3, 1, 1, false},   {64, 64, 3, 1, 1, 1, true},   {64, 64, 3, 1, 1, 1, true},
    {64, 128, 3, 3, 3, 1, false},  {128, 128, 3, 1, 1, 1, true}, {128, 128, 3, 1, 1, 1, true},
    {128, 256, 3, 3, 2, 1, false}, {256, 256, 3, 1, 1, 1, true}, {256, 512, 3, 1, 1, 0, false},
    {512, 512, 1, 1, 1, 0, false},
};

} // namespace

AveLayers::AveLayers(int width)
{
    for (const auto& shape : kLayers) {
        const int in = shape.in == 1 ? 1 : shape.in / kOriginalWidth * width;
        const int out = shape.out / kOriginalWidth * width;
        auto layer = register_module(std::to_string(m_layers.size()), std::make_shared<Group>());
        auto block = layer->register_module("conv_block", std::make_shared<Group>());
        auto options = torch::nn::Conv2dOptions(in, out, shape.kernel)
                           .stride({shape.strideHeight, shape.strideWidth})
                           .padding(shape.padding);
        m_layers.push_back({ConvNorm(*block, "0", "1", options), shape.residual});
    }
}

torch::Tensor AveLayers::forward(const torch::Tensor& mel)
{
    auto x = mel;
    for (auto& layer : m_layers) {
        auto y = layer.conv(x);
        if (layer.residual)
            y.add_(x);
        x = y.relu_();
    }
    return x;
}

void AveLayers::fold()
{
    for (auto& layer : m_layers)
        layer.conv.fold();
}

AveNetwork::AveNetwork()
    : m_layers(register_module("audio_encoder", std::make_shared<AveLayers>()))
{
}

torch::Tensor AveNetwork::forward(const torch::Tensor& mel)
{
    return m_layers->forward(mel).flatten(1);
}

void AveNetwork::fold()
{
    m_layers->fold();
}

} // namespace lipsync::nn

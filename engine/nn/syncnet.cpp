// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/syncnet.h"

#include "nn/device.h"
#include "nn/module_weights.h"
#include "nn/torch_runtime.h"

#include <algorithm>

namespace lipsync::nn {

namespace {

using torch::nn::BatchNorm1d;
using torch::nn::BatchNorm2d;
using torch::nn::BatchNorm3d;
using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::Conv3d;
using torch::nn::Conv3dOptions;
using torch::nn::Linear;
using torch::nn::MaxPool2d;
using torch::nn::MaxPool2dOptions;
using torch::nn::MaxPool3d;
using torch::nn::MaxPool3dOptions;
using torch::nn::ReLU;
using torch::nn::Sequential;

constexpr int kFeature = 512; ///< channels between the convolutions and the last two layers

using Pair = torch::ExpandingArray<2>;
using Triple = torch::ExpandingArray<3>;

void addConvolution(Sequential& layers, int in, int out, Pair kernel, Pair padding)
{
    layers->push_back(Conv2d(Conv2dOptions(in, out, kernel).padding(padding)));
    layers->push_back(BatchNorm2d(out));
    layers->push_back(ReLU());
}

void addPool(Sequential& layers, Pair kernel, Pair stride)
{
    layers->push_back(MaxPool2d(MaxPool2dOptions(kernel).stride(stride)));
}

void addConvolution(Sequential& layers, int in, int out, Triple kernel, Triple stride, Triple padding)
{
    layers->push_back(Conv3d(Conv3dOptions(in, out, kernel).stride(stride).padding(padding)));
    layers->push_back(BatchNorm3d(out));
    layers->push_back(ReLU());
}

void addPool(Sequential& layers, Triple padding)
{
    layers->push_back(MaxPool3d(MaxPool3dOptions({1, 3, 3}).stride({1, 2, 2}).padding(padding)));
}

Sequential soundLayers()
{
    Sequential layers;
    addConvolution(layers, 1, 64, {3, 3}, {1, 1});
    addPool(layers, {1, 1}, {1, 1}); // does nothing, but the names count it
    addConvolution(layers, 64, 192, {3, 3}, {1, 1});
    addPool(layers, {3, 3}, {1, 2});
    addConvolution(layers, 192, 384, {3, 3}, {1, 1});
    addConvolution(layers, 384, 256, {3, 3}, {1, 1});
    addConvolution(layers, 256, 256, {3, 3}, {1, 1});
    addPool(layers, {3, 3}, {2, 2});
    addConvolution(layers, 256, kFeature, {5, 4}, {0, 0});
    return layers;
}

/// Only the first layer looks along time, so a run of frames gives every clip inside it at once.
Sequential lipLayers()
{
    Sequential layers;
    addConvolution(layers, 3, 96, {kSyncClipFrames, 7, 7}, {1, 2, 2}, {0, 0, 0});
    addPool(layers, {0, 0, 0});
    addConvolution(layers, 96, 256, {1, 5, 5}, {1, 2, 2}, {0, 1, 1});
    addPool(layers, {0, 1, 1});
    for (int i = 0; i < 3; ++i)
        addConvolution(layers, 256, 256, {1, 3, 3}, {1, 1, 1}, {0, 1, 1});
    addPool(layers, {0, 0, 0});
    addConvolution(layers, 256, kFeature, {1, 6, 6}, {1, 1, 1}, {0, 0, 0});
    return layers;
}

Sequential lastLayers()
{
    Sequential layers;
    layers->push_back(Linear(kFeature, kFeature));
    layers->push_back(BatchNorm1d(kFeature));
    layers->push_back(ReLU());
    layers->push_back(Linear(kFeature, kSyncEmbedding));
    return layers;
}

class SyncNetwork : public torch::nn::Module {
public:
    SyncNetwork()
        : m_sound(register_module("netcnnaud", soundLayers()))
        , m_soundPoint(register_module("netfcaud", lastLayers()))
        , m_lips(register_module("netcnnlip", lipLayers()))
        , m_lipPoint(register_module("netfclip", lastLayers()))
    {
    }

    /// B×1×13×20 → B×1024.
    torch::Tensor sound(const torch::Tensor& columns)
    {
        return m_soundPoint->forward(m_sound->forward(columns).flatten(1));
    }

    /// 1×3×(B+4)×224×224 → B×1024.
    torch::Tensor lips(const torch::Tensor& frames)
    {
        const auto features = m_lips->forward(frames); // 1×512×B×1×1
        return m_lipPoint->forward(features.flatten(2).squeeze(0).t());
    }

private:
    Sequential m_sound, m_soundPoint, m_lips, m_lipPoint;
};

} // namespace

struct SyncNet::Network {
    torch::Device place = torch::kCPU;
    int threads = 1;
    std::shared_ptr<SyncNetwork> module;
};

SyncNet::SyncNet() = default;
SyncNet::~SyncNet() = default;

Result<std::unique_ptr<SyncNet>> SyncNet::create(const WeightSet& weights, const RunOptions& options)
{
    const auto device = findDevice(options.device);
    if (!device)
        return failure(device);
    std::unique_ptr<SyncNet> made(new SyncNet);
    made->m_network = std::make_unique<Network>();
    const auto built = guarded("Building SyncNet", [&]() -> Status {
        auto& network = *made->m_network;
        network.place = torch::Device(device->name());
        network.threads = options.threadCount();
        network.module = std::make_shared<SyncNetwork>();
        if (auto loaded = loadWeights(*network.module, weights, "syncnet_v2"); !loaded)
            return loaded;
        network.module->eval();
        network.module->to(network.place);
        return {};
    });
    if (!built)
        return failure(built);
    return made;
}

Status SyncNet::seePictures(std::span<const std::uint8_t> pictures, int clips, std::span<float> points)
{
    constexpr std::size_t kPictureBytes = std::size_t{3} * kSyncPictureSize * kSyncPictureSize;
    const int frames = clips + kSyncClipFrames - 1;
    if (clips < 1 || pictures.size() != kPictureBytes * static_cast<std::size_t>(frames) ||
        points.size() != static_cast<std::size_t>(clips) * kSyncEmbedding)
        return failure(ErrorCode::Internal, "A run of pictures does not have the sizes of SyncNet");
    return guarded("Running SyncNet on pictures", [&]() -> Status {
        c10::InferenceMode inference;
        auto& network = *m_network;
        useThreads(network.threads);
        const auto bytes = torch::from_blob(const_cast<std::uint8_t*>(pictures.data()),
                                            {frames, kSyncPictureSize, kSyncPictureSize, 3}, torch::kUInt8);
        const auto input = bytes.to(network.place).permute({3, 0, 1, 2}).to(torch::kFloat32).contiguous().unsqueeze(0);
        const auto result = network.module->lips(input).cpu().contiguous();
        std::copy_n(result.data_ptr<float>(), points.size(), points.data());
        return {};
    });
}

Status SyncNet::hearSound(std::span<const float> columns, int clips, std::span<float> points)
{
    if (clips < 1 || columns.size() != static_cast<std::size_t>(clips) * kSyncSoundRows * kSyncSoundColumns ||
        points.size() != static_cast<std::size_t>(clips) * kSyncEmbedding)
        return failure(ErrorCode::Internal, "A batch of sound does not have the sizes of SyncNet");
    return guarded("Running SyncNet on sound", [&]() -> Status {
        c10::InferenceMode inference;
        auto& network = *m_network;
        useThreads(network.threads);
        const auto input =
            torch::from_blob(const_cast<float*>(columns.data()), {clips, 1, kSyncSoundRows, kSyncSoundColumns});
        const auto result = network.module->sound(input.to(network.place)).cpu().contiguous();
        std::copy_n(result.data_ptr<float>(), points.size(), points.data());
        return {};
    });
}

} // namespace lipsync::nn

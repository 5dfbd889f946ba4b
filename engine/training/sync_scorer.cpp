// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/sync_scorer.h"

#include "nn/audio_encoder.h"
#include "nn/network_spec.h"

namespace lipsync::training {

namespace {

constexpr int kEmbedding = 64;
constexpr int kFaceSize = 48;
constexpr int kFirstRow = 6, kRows = 4; ///< of the window's 16: from 2 before the frame's to 1 after it
constexpr int kHidden = 128;

void addLayer(torch::nn::Sequential& branch, int in, int out, int stride)
{
    branch->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).stride(stride).padding(1).bias(false)));
    branch->push_back(torch::nn::BatchNorm2d(out));
    branch->push_back(torch::nn::ReLU());
}

} // namespace

SyncScorer::SyncScorer()
    : m_face(register_module("face", torch::nn::Sequential()))
    , m_sound(register_module("sound", torch::nn::Sequential()))
{
    addLayer(m_face, 3, 16, 2);
    addLayer(m_face, 16, 32, 2);
    addLayer(m_face, 32, 64, 2);
    addLayer(m_face, 64, 64, 2);
    m_face->push_back(torch::nn::Flatten());
    m_face->push_back(torch::nn::Linear(64 * 3 * 3, kEmbedding));

    m_sound->push_back(torch::nn::Linear(kRows * nn::kAudioFeatureSize, kHidden));
    m_sound->push_back(torch::nn::BatchNorm1d(kHidden));
    m_sound->push_back(torch::nn::ReLU());
    m_sound->push_back(torch::nn::Linear(kHidden, kEmbedding));
}

torch::Tensor SyncScorer::see(const torch::Tensor& faces)
{
    return torch::nn::functional::normalize(m_face->forward(faces));
}

torch::Tensor SyncScorer::hear(const torch::Tensor& windows)
{
    const auto rows = windows.contiguous().view({windows.size(0), -1, nn::kAudioFeatureSize});
    const auto around = rows.slice(1, kFirstRow, kFirstRow + kRows).flatten(1);
    return torch::nn::functional::normalize(m_sound->forward(around));
}

torch::Tensor lowerFaces(const torch::Tensor& pictures, nn::GeneratorKind kind)
{
    const auto [x, y, width, height] = nn::mouthMask(kind);
    return at::adaptive_avg_pool2d(pictures.slice(2, y, y + height).slice(3, x, x + width), {kFaceSize, kFaceSize});
}

torch::Tensor agreement(const torch::Tensor& seen, const torch::Tensor& heard)
{
    constexpr double kSafe = 1e-4;
    return (((seen * heard).sum(1) + 1) / 2).clamp(kSafe, 1 - kSafe);
}

torch::Tensor agreementLoss(const torch::Tensor& seen, const torch::Tensor& heard, float together)
{
    const auto probability = agreement(seen, heard);
    return torch::binary_cross_entropy(probability, torch::full_like(probability, together));
}

FrozenModule::FrozenModule(torch::nn::Module& module)
    : m_module(module)
{
    for (auto& parameter : m_module.parameters())
        parameter.requires_grad_(false);
}

FrozenModule::~FrozenModule()
{
    for (auto& parameter : m_module.parameters())
        parameter.requires_grad_(true);
}

} // namespace lipsync::training

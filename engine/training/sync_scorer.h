// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_profile.h"
#include "nn/torch_compat.h"

namespace lipsync::training {

/// Tells whether a lower face and a stretch of sound belong together: a small network for each, whose outputs point the
/// same way when they do. Trained beside the generator on real frames; not needed afterwards.
/// After the idea of SyncNet as lip-sync training uses it (specification section 1.15), at a hundredth of its size.
class SyncScorer : public torch::nn::Module {
public:
    SyncScorer();

    /// Lower faces, B×3×48×48 as lowerFaces() cuts them, to B×64 of length 1.
    torch::Tensor see(const torch::Tensor& faces);
    /// Windows of audio features, B×32×16×16, to B×64 of length 1: hears the four rows around the frame.
    torch::Tensor hear(const torch::Tensor& windows);

private:
    torch::nn::Sequential m_face, m_sound;
};

/// The masked part of the network's pictures (B×3×S×S), where everything is drawn, at 48×48.
torch::Tensor lowerFaces(const torch::Tensor& pictures, nn::GeneratorKind kind);

/// How alike the two are, each B×64 of length 1: a probability for each pair.
torch::Tensor agreement(const torch::Tensor& seen, const torch::Tensor& heard);

/// Binary cross entropy of agreement() against `together`, 1 or 0 for all pairs.
torch::Tensor agreementLoss(const torch::Tensor& seen, const torch::Tensor& heard, float together);

/// Switches whether a module's parameters gather gradients while it lives.
class FrozenModule {
public:
    explicit FrozenModule(torch::nn::Module& module);
    FrozenModule(const FrozenModule&) = delete;
    FrozenModule& operator=(const FrozenModule&) = delete;
    ~FrozenModule();

private:
    torch::nn::Module& m_module;
};

} // namespace lipsync::training

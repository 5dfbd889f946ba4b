// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/cuda/fused_network.h"

namespace lipsync::nn::cuda {

/// A batch in the memory of the machine that computes.
struct FusedBatch {
    const PictureRequest* requests = nullptr; ///< `pictures` of them
    const float* windows = nullptr; ///< pictures × audioElements()
    int* faults = nullptr; ///< `pictures` of them, 0 before; 1 where a value is not a number
    std::size_t pictureRowBytes = 0; ///< from a row of a request's picture to the next
    int pictures = 0;
    int fresh = 0; ///< the halves of the first ones are computed; those of the others are there
};

/// The way of a batch through a network: the calls of its layers, one after the other, and where their maps lie.
/// look() and listen() may be computed at the same time, draw() when both are done.
class FusedPass {
public:
    /// Numbers of all maps between the layers of one picture.
    static std::size_t numbersOf(const FusedNetwork& network);

    /// `weights`: network.weights; `memory`: pictures × numbersOf(); both where it is computed. Owns neither.
    FusedPass(const FusedNetwork& network, const std::byte* weights, std::uint16_t* memory);

    void look(const FusedBatch& batch, Launcher& launcher) const; ///< the picture's half
    void listen(const FusedBatch& batch, Launcher& launcher) const; ///< the sound's
    void draw(const FusedBatch& batch, Launcher& launcher) const; ///< what becomes of the two
    void run(const FusedBatch& batch, Launcher& launcher) const; ///< one after the other

private:
    class Calls;

    const FusedNetwork& m_network;
    const std::byte* m_weights;
    std::uint16_t* m_memory;
};

/// What a batch costs, as its layers' sizes say.
struct FusedWork {
    double deviceBytes = 0; ///< maps, pictures and weights that calls read and write, each once
    double operations = 0; ///< multiplications and additions, channels padded
    int calls = 0;
};
FusedWork workOf(const FusedNetwork& network, int pictures, int fresh);

} // namespace lipsync::nn::cuda

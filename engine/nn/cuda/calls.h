// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the kernels of this room are asked for: plain values that go to a device as they are. All pointers are into the
// memory of the machine that computes.

#include <cstddef>
#include <cstdint>

namespace lipsync::nn::cuda {

/// One picture of a batch.
struct PictureRequest {
    const std::uint8_t* picture = nullptr; ///< the first byte of the network's square: B,G,R, unmasked
    std::uint16_t* half = nullptr; ///< where its image half is kept, or is to be
    std::uint8_t* output = nullptr; ///< size × size × 3 bytes
};

/// A map of features of each picture of a batch, pixel after pixel: rows × columns × channels 16-bit numbers. Channels
/// are multiples of 16, those that a network has not being 0.
struct MapView {
    std::uint16_t* numbers = nullptr; ///< of the first picture; null: the map is at `offset` of each request's half
    std::size_t offset = 0;
    int rows = 0, columns = 0, channels = 0;
};

enum class SourceKind {
    Map, ///< `first`
    Joined, ///< channels of `first`, then those of `second`
    Enlarged, ///< likewise, `first` being enlarged by two, bilinear, corners on corners
    Picture, ///< the six channels of the request's picture: itself and masked, from 0 to 1
    Window, ///< `window`, float32 planes
};

/// What a layer reads.
struct Source {
    SourceKind kind = SourceKind::Map;
    int rows = 0, columns = 0, channels = 0; ///< as the layer sees it
    MapView first, second;
    std::size_t pictureRowBytes = 0;
    int maskLeft = 0, maskTop = 0, maskRight = 0, maskBottom = 0; ///< the black rectangle, its end excluded
    bool maskedFirst = false; ///< the masked picture's channels before the other's
    const float* window = nullptr;
    int windowPlanes = 0;
};

/// An inverted residual's weights, BatchNorm folded. Rows of a matrix are outputs; all counts are multiples of 16.
struct ResidualWeights {
    const std::uint16_t* expand = nullptr; ///< hidden × in
    const float* expandBias = nullptr;
    const float* depthwise = nullptr; ///< 9 × hidden
    const float* depthwiseBias = nullptr;
    const std::uint16_t* project = nullptr; ///< out × hidden
    const float* projectBias = nullptr;
    int in = 0, hidden = 0, out = 0;
};

/// The network's last convolution, to three colours, and the sigmoid.
struct Exit {
    const float* weights = nullptr; ///< 3 × channels of the map before it
    const float* bias = nullptr;
    int* faults = nullptr; ///< one a picture: becomes 1 when a value is not a number
};

/// Which of the kernels for whole inverted residuals computes one; shapes.h has all of them.
struct ResidualShape {
    int step = 1; ///< rows and columns from one output to the next
    int outTiles = 1; ///< outputs, by 16
    int chunk = 32; ///< hidden channels at a time
    bool exits = false; ///< makes the picture's bytes
};

/// A whole inverted residual: expands, 3×3 depthwise, projects.
struct ResidualCall {
    const PictureRequest* requests = nullptr;
    int pictures = 0;
    Source source;
    ResidualWeights weights; ///< hidden in multiples of shape.chunk; the projection has 16 · shape.outTiles rows
    ResidualShape shape;
    bool addsInput = false;
    MapView target; ///< has its size only where it exits
    Exit exit;
};

/// Its first two thirds: what the projection reads goes to `target`. Hidden channels are multiples of 64.
struct ExpandCall {
    const PictureRequest* requests = nullptr;
    int pictures = 0;
    Source source;
    ResidualWeights weights;
    int step = 1;
    MapView target; ///< its channels: hidden
};

/// A convolution over a square of taps; of one tap the last third of an inverted residual.
struct ConvolveCall {
    const PictureRequest* requests = nullptr;
    int pictures = 0;
    Source source;
    const std::uint16_t* weights = nullptr; ///< outputs × taps × channels
    const float* bias = nullptr;
    int side = 1, border = 0; ///< of the square of taps; rows and columns of zeros around the input
    int stepDown = 1, stepAcross = 1;
    bool isRectified = false;
    bool addsInput = false;
    Source added; ///< a map or a window, as large as the target
    MapView target;
};

/// What computes calls, one after the other.
class Launcher {
public:
    virtual ~Launcher() = default;
    virtual void residual(const ResidualCall& call) = 0;
    virtual void expand(const ExpandCall& call) = 0;
    virtual void convolve(const ConvolveCall& call) = 0;
};

} // namespace lipsync::nn::cuda

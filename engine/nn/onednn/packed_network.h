// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/folded_convolution.h"
#include "nn/network_profile.h"

#include <oneapi/dnnl/dnnl.hpp>

namespace lipsync::nn::onednn {

/// Rows, columns and padded channels of a map.
struct MapShape {
    int channels = 0, rows = 0, columns = 0;

    std::size_t numbers() const { return static_cast<std::size_t>(channels) * rows * columns; }
};

/// Weights and bias as a primitive wants them.
struct Weights {
    dnnl::memory weights, bias;
};

/// A 1×1 convolution with ReLU and the 3×3 depthwise one after it with another, computed as one; then a 1×1 one.
struct PackedResidual {
    ResidualPlan plan;
    MapShape in, hidden, out; ///< `in`: of both its inputs together; `hidden`: what the depthwise convolution gives
    Weights expand, depthwise, project;
};

struct PackedConvolution {
    ConvolutionPlan plan;
    MapShape in, out; ///< `in`: without its border
    Weights dense;
};

/// What OnednnNetwork has.
struct PackedNetwork : UnetLayers<PackedResidual, PackedConvolution> {
    GeneratorSpec spec;
    NetworkProfile profile;
    dnnl::engine engine;
    dnnl::memory::data_type number; ///< of maps and of weights
    int block; ///< channels of a pixel that lie next to each other
    MapShape logits;
    Weights exit;

    std::size_t bytesOf(const MapShape& map) const { return map.numbers() * dnnl::memory::data_type_size(number); }
    /// A map in the blocked layout.
    dnnl::memory::desc describe(const MapShape& map) const { return describe(map, number); }
    dnnl::memory::desc describe(const MapShape& map, dnnl::memory::data_type type) const;
};

using Primitive = dnnl::convolution_forward::primitive_desc;

/// How the convolutions are computed with as many threads as OpenMP gives the calling one. `weights`: their layout, or
/// one of any layout, which asks oneDNN for its choice.
Primitive expandPrimitive(const PackedNetwork& network, const PackedResidual& layer, const dnnl::memory::desc& weights);
Primitive projectPrimitive(const PackedNetwork& network, const PackedResidual& layer,
                           const dnnl::memory::desc& weights);
Primitive densePrimitive(const PackedNetwork& network, const PackedConvolution& layer,
                         const dnnl::memory::desc& weights);
Primitive exitPrimitive(const PackedNetwork& network, const dnnl::memory::desc& weights);

/// A convolution's weights, of that many padded outputs and inputs, in any layout.
dnnl::memory::desc anyWeights(const PackedNetwork& network, int outputs, int inputs, int side);

/// The map that a dense convolution reads: with its border, where that is wider than oneDNN computes fast.
MapShape bordered(const PackedConvolution& layer);

} // namespace lipsync::nn::onednn

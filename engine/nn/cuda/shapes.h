// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Which kernels there are, for whoever launches one and whoever chooses one.

#include "nn/cuda/residual_kernel.h"

#include <cstddef>
#include <iterator>
#include <utility>

namespace lipsync::nn::cuda {

/// Every kernel for a whole inverted residual.
inline constexpr ResidualShape kResidualShapes[] = {
    {1, 1, 32, false}, {1, 2, 32, false}, {1, 4, 32, false}, {1, 8, 32, false}, // as large as its input
    {1, 2, 16, false}, // the first layer, whose hidden channels are few
    {2, 1, 32, false}, {2, 2, 32, false}, {2, 4, 32, false}, {2, 8, 32, false}, // half as large
    {1, 1, 32, true},  {1, 2, 32, true},  {1, 4, 32, true}, // the last layer
};
inline constexpr std::size_t kResidualShapeCount = std::size(kResidualShapes);

/// Most input channels of such a kernel, so that its tile fits into the 99 KB of shared memory that every device since
/// Ampere gives a block.
constexpr int mostInputs(int step)
{
    return step == 1 ? 128 : 64;
}

/// The shape for these channels, in multiples of 16; step 0 where there is none.
constexpr ResidualShape shapeFor(int in, int hidden, int out, int step, bool exits)
{
    if (in <= mostInputs(step)) {
        for (const bool isNarrow : {true, false}) {
            for (const auto& shape : kResidualShapes) {
                const bool fits = shape.step == step && shape.exits == exits && out <= shape.outTiles * kTile;
                if (fits && (isNarrow ? hidden <= shape.chunk && shape.chunk == kTile : shape.chunk > kTile))
                    return shape;
            }
        }
    }
    return {0, 0, 0, false};
}

/// `visit.operator()<index>()` with the place of that shape in kResidualShapes; false when it is none of them.
template <typename Visit, std::size_t... index>
bool visitShape(const ResidualShape& shape, const Visit& visit, std::index_sequence<index...>)
{
    const auto isIt = [&](const ResidualShape& other) {
        return shape.step == other.step && shape.outTiles == other.outTiles && shape.chunk == other.chunk &&
            shape.exits == other.exits;
    };
    return ((isIt(kResidualShapes[index]) && (visit.template operator()<index>(), true)) || ...);
}

template <typename Visit> bool visitShape(const ResidualShape& shape, const Visit& visit)
{
    return visitShape(shape, visit, std::make_index_sequence<kResidualShapeCount>{});
}

} // namespace lipsync::nn::cuda

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_spec.h"
#include "nn/weight_set.h"

#include <array>
#include <string>
#include <vector>

namespace lipsync::nn {

/// The layers of a SyncTalk_2D or Ultralight generator by their places in it, whatever stands for a layer: its plan,
/// its packed weights, its primitives. The last one, to the picture's colours, is each executor's own.
template <typename Residual, typename Convolution> struct UnetLayers {
    /// The two halves of a step down or up.
    struct Pair {
        Residual first, second;
    };

    Residual entry;
    std::vector<Pair> downs;
    Residual audio1, audio2;
    Convolution audio3;
    Residual audio4;
    Convolution audio5;
    Residual audio6, audio7;
    Pair fuse0, fuse1;
    std::vector<Pair> ups;

    /// Makes every layer of what stands for it in `others`, in the order in which they are computed.
    template <typename OtherResidual, typename OtherConvolution>
    void make(const UnetLayers<OtherResidual, OtherConvolution>& others, const auto& residual, const auto& convolution)
    {
        const auto pair = [&](const auto& other) {
            Pair made;
            made.first = residual(other.first);
            made.second = residual(other.second);
            return made;
        };
        entry = residual(others.entry);
        for (const auto& down : others.downs)
            downs.push_back(pair(down));
        audio1 = residual(others.audio1);
        audio2 = residual(others.audio2);
        audio3 = convolution(others.audio3);
        audio4 = residual(others.audio4);
        audio5 = convolution(others.audio5);
        audio6 = residual(others.audio6);
        audio7 = residual(others.audio7);
        fuse0 = pair(others.fuse0);
        fuse1 = pair(others.fuse1);
        for (const auto& up : others.ups)
            ups.push_back(pair(up));
    }

    /// Shows every residual to `use`.
    void eachResidual(const auto& use) const
    {
        const auto both = [&](const Pair& pair) {
            use(pair.first);
            use(pair.second);
        };
        for (const auto* layer : {&entry, &audio1, &audio2, &audio4, &audio6, &audio7})
            use(*layer);
        for (const auto* pair : {&fuse0, &fuse1})
            both(*pair);
        for (const auto* pairs : {&downs, &ups}) {
            for (const auto& pair : *pairs)
                both(pair);
        }
    }
};

/// An inverted residual: expands 1×1, convolves 3×3 depthwise, both with a ReLU, and projects 1×1.
struct ResidualPlan {
    std::string name; ///< of its group of tensors, which is called "conv" inside
    int rows = 0, columns = 0; ///< of what it expands
    int step = 1; ///< of the depthwise convolution
    bool addsInput = false;
    int first = 0; ///< channels of the first of its two inputs; 0: it has one
    bool enlarges = false; ///< the first of them has half the rows and columns: by two, corners on corners
    bool exits = false; ///< its output is what the picture's colours are made of
};

/// A dense 3×3 convolution with a ReLU.
struct ConvolutionPlan {
    std::string name, norm; ///< of its tensors, without ".weight"
    int rows = 0, columns = 0; ///< of its input
    std::array<int, 2> step{1, 1}; ///< rows and columns from one output to the next
    int border = 1; ///< rows and columns of zeros around the input

    static constexpr int kSide = 3;
    int outRows() const { return (rows + 2 * border - kSide) / step[0] + 1; }
    int outColumns() const { return (columns + 2 * border - kSide) / step[1] + 1; }
};

using UnetPlan = UnetLayers<ResidualPlan, ConvolutionPlan>;

/// The 1×1 convolution to the picture's colours, without ".weight".
inline constexpr const char* kUnetExit = "outc.conv";

/// Whether the network is one of those.
bool isUnet(const GeneratorSpec& spec);

/// The layers of such a network. Source: lipsync-models specification, sections 1.1 to 1.4 and 4.3. Whether the tensors
/// are there and fit, whoever packs them finds out.
UnetPlan planUnet(const GeneratorSpec& spec);

} // namespace lipsync::nn

// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/layer_run.h"

#include <algorithm>

namespace lipsync::nn::direct {

namespace {

constexpr int kColours = 3;
constexpr int kTaps = 3; ///< of a convolution's row
/// Rows that are worth taking from another thread: two more are expanded for whoever begins somewhere else.
constexpr int kRowsTaken = 4;

} // namespace

LayerRun::LayerRun(const DirectNetwork& network, ThreadTeam& team, int index, Scratch& scratch, SharedScratch& common)
    : MatrixRun(*network.kernels, team, index)
    , m_network(network)
    , m_scratch(scratch)
    , m_common(common)
{
}

void LayerRun::taps(const TapConvolution& layer, const Map& in, const Map& out)
{
    MatrixRun::taps(layer, in, out, m_common.filtered.as<std::byte>());
}

void LayerRun::entry(const PictureInput& picture, const Map& out)
{
    byRows(m_network.entry, {nullptr, nullptr, &picture}, out, nullptr);
    m_team.meet();
}

void LayerRun::residual(const InvertedResidual& layer, const Map& in, const Map& out)
{
    compute(layer, {&in, nullptr, nullptr}, out);
}

void LayerRun::residual(const InvertedResidual& layer, const Map& first, const Map& second, const Map& out)
{
    compute(layer, {&first, &second, nullptr}, out);
}

void LayerRun::compute(const InvertedResidual& layer, const LayerInput& in, const Map& out)
{
    if (layer.byRows())
        byRows(layer, in, out, nullptr);
    else
        byChannels(layer, in, out);
    m_team.meet();
}

bool LayerRun::exit(const InvertedResidual& layer, const Map& in, const PictureOutput& out)
{
    const bool good = byRows(layer, {&in, nullptr, nullptr}, {}, &out);
    m_team.meet();
    return good;
}

bool LayerRun::byRows(const InvertedResidual& layer, const LayerInput& in, const Map& out, const PictureOutput* picture)
{
    ExpandedRows expanded(m_network, layer, in, {0, layer.expand.blocks}, m_scratch, m_common.zeros);
    const int hidden = layer.hidden();
    Depthwise d;
    d.weights = layer.depthwise.as<float>();
    d.bias = layer.depthwiseBias.as<float>();
    d.out = m_scratch.filtered;
    d.columns = layer.outColumns();
    d.step = layer.step;
    d.blocks = layer.expand.blocks;
    d.inBlockStride = expanded.blockStride();
    d.outBlockStride = layer.filteredStride();
    d.weightStride = hidden;
    const Pixels filtered{m_scratch.filtered, d.columns, kBlock, d.outBlockStride};
    bool good = true;
    together(layer.outRows(), kRowsTaken, [&](int y) {
        for (int r = 0; r < kTaps; ++r)
            d.rows[r] = expanded.at(y * layer.step + r - 1);
        m_kernels.depthwise(d);
        Gemm g;
        g.outStride = layer.outChannels();
        g.out =
            picture ? m_scratch.result : out.data + static_cast<std::size_t>(y) * d.columns * g.outStride * m_number;
        if (layer.addsInput) {
            g.residual = expanded.input(y);
            g.residualStride = in.first->size.channels;
        }
        pointwise(layer.project, {0, layer.project.blocks}, filtered, g);
        if (picture)
            good &= finishRow(y, *picture);
    });
    return good;
}

bool LayerRun::finishRow(int y, const PictureOutput& picture)
{
    const int size = m_network.profile.pictureSize;
    Gemm g;
    g.out = m_scratch.logits;
    g.outStride = kBlock;
    g.floatOut = true;
    pointwise(m_network.exit, {0, 1}, {m_scratch.result, size, m_network.ups.back().second.outChannels()}, g);
    const auto first = static_cast<std::size_t>(y) * size * kColours;
    float* values = m_scratch.values;
    const bool good = m_kernels.picture(m_scratch.logits, size, values, picture.bytes + first);
    if (picture.values)
        std::copy_n(values, size * kColours, picture.values + first);
    return good;
}

void LayerRun::byChannels(const InvertedResidual& layer, const LayerInput& in, const Map& out)
{
    // Parts of the channels, and with many threads of the rows too.
    const int chunks = (layer.expand.blocks + kChunk - 1) / kChunk;
    const int threads = m_team.threads();
    const int bands = chunks % threads == 0 ? 1 : std::min(layer.outRows(), (2 * threads + chunks - 1) / chunks);
    const int hidden = layer.hidden();
    auto* filtered = m_common.filtered.as<std::byte>();
    Depthwise d;
    d.columns = layer.outColumns();
    d.step = layer.step;
    d.outBlockStride = layer.filteredStride();
    d.weightStride = hidden;
    together(chunks * bands, 1, [&](int task) {
        const int block = task / bands * kChunk, band = task % bands;
        ExpandedRows expanded(m_network, layer, in, {block, std::min(block + kChunk, layer.expand.blocks)}, m_scratch,
                              m_common.zeros);
        d.weights = layer.depthwise.as<float>() + block * kBlock;
        d.bias = layer.depthwiseBias.as<float>() + block * kBlock;
        d.blocks = expanded.blocks();
        d.inBlockStride = expanded.blockStride();
        const int end = layer.outRows() * (band + 1) / bands;
        for (int y = layer.outRows() * band / bands; y < end; ++y) {
            for (int r = 0; r < kTaps; ++r)
                d.rows[r] = expanded.at(y * layer.step + r - 1);
            d.out = filtered +
                (static_cast<std::size_t>(block) * d.outBlockStride +
                 static_cast<std::size_t>(y) * d.columns * kBlock) *
                    m_number;
            m_kernels.depthwise(d);
        }
    });
    m_team.meet();
    Gemm g;
    g.outStride = layer.outChannels();
    g.out = out.data;
    if (layer.addsInput) {
        g.residual = in.first->data;
        g.residualStride = in.first->size.channels;
    }
    shared(layer.project, {filtered, layer.outRows() * layer.outColumns(), kBlock, layer.filteredStride()}, g);
}

} // namespace lipsync::nn::direct

// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/layer_work.h"

namespace lipsync::nn::direct {

namespace {

constexpr double kMultiplyAdd = 2;
constexpr double kLerp = 3; ///< a + (b − a) · fraction

double pixelsOf(int rows, int columns)
{
    return static_cast<double>(rows) * columns;
}

double matrixOf(const Pointwise& matrix, int input, double pixels)
{
    return kMultiplyAdd * pixels * matrix.inputs[input] * matrix.blocks * kBlock;
}

class Counter {
public:
    explicit Counter(const DirectNetwork& network)
        : m_network(network)
    {
    }

    void residual(const std::string& name, const InvertedResidual& layer)
    {
        LayerWork work{.name = name, .knownAhead = m_knownAhead};
        const double pixels = pixelsOf(layer.rows, layer.columns);
        const double outPixels = pixelsOf(layer.outRows(), layer.outColumns());
        const double firstPixels = layer.enlarges ? pixelsOf(layer.rows / 2, layer.columns / 2) : pixels;
        work.matrix = matrixOf(layer.expand, 0, firstPixels) + matrixOf(layer.expand, 1, pixels) +
            matrixOf(layer.project, 0, outPixels);
        work.depthwise = kMultiplyAdd * kDepthwiseTaps * outPixels * layer.hidden();
        if (layer.enlarges) // between rows of half the width, then within each
            work.depthwise += kLerp * layer.hidden() * (pixels / 2 + pixels);
        const double numbers = firstPixels * padded(layer.expand.inputs[0]) + pixels * padded(layer.expand.inputs[1]) +
            outPixels * layer.outChannels();
        work.bytes = numbers * static_cast<double>(m_network.numberBytes());
        m_all.push_back(work);
    }
    void pair(const std::string& name, const DirectNetwork::Pair& pair)
    {
        residual(name + ".0", pair.first);
        residual(name + ".1", pair.second);
    }
    void taps(const std::string& name, const TapConvolution& layer)
    {
        LayerWork work{.name = name, .knownAhead = m_knownAhead};
        work.matrix = matrixOf(layer.matrix, 0, pixelsOf(layer.out.rows, layer.out.columns));
        work.bytes = static_cast<double>(m_network.bytesOf(layer.in) + m_network.bytesOf(layer.out));
        m_all.push_back(work);
    }
    /// The first layer reads a picture's bytes.
    void entry(const InvertedResidual& layer)
    {
        residual("inc", layer);
        const double pixels = pixelsOf(layer.rows, layer.columns);
        m_all.back().bytes -= pixels * padded(layer.expand.inputs[0]) * static_cast<double>(m_network.numberBytes());
        m_all.back().bytes += pixels * kPictureChannels;
    }
    /// The last layer is followed by the exit, whose rows never reach memory; the picture does, as bytes.
    void exit(const Pointwise& matrix, int side)
    {
        auto& last = m_all.back();
        const double pixels = pixelsOf(side, side);
        last.matrix += matrixOf(matrix, 0, pixels);
        last.bytes -= pixels * padded(matrix.inputs[0]) * static_cast<double>(m_network.numberBytes());
        last.bytes += pixels * kPictureChannels;
    }
    void knownAhead(bool is) { m_knownAhead = is; }
    std::vector<LayerWork> take() { return std::move(m_all); }

private:
    const DirectNetwork& m_network;
    std::vector<LayerWork> m_all;
    bool m_knownAhead = false;
};

} // namespace

std::vector<LayerWork> countWork(const DirectNetwork& network)
{
    Counter counter(network);
    counter.entry(network.entry); // its map is too large to be kept
    counter.knownAhead(true);
    for (std::size_t i = 0; i < network.downs.size(); ++i)
        counter.pair("down" + std::to_string(i + 1), network.downs[i]);
    counter.knownAhead(false);
    counter.residual("audio1", network.audio1);
    counter.residual("audio2", network.audio2);
    counter.taps("audio3", network.audio3);
    counter.residual("audio4", network.audio4);
    counter.taps("audio5", network.audio5);
    counter.residual("audio6", network.audio6);
    counter.residual("audio7", network.audio7);
    counter.pair("fuse0", network.fuse0);
    counter.pair("fuse1", network.fuse1);
    for (std::size_t i = 0; i < network.ups.size(); ++i)
        counter.pair("up" + std::to_string(i + 1), network.ups[i]);
    counter.exit(network.exit, network.profile.pictureSize);
    return counter.take();
}

} // namespace lipsync::nn::direct
